package dev.midge.nats.bench.client

import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Sends from coroutines of the calling thread, as the other clients send from that thread alone; collects on [Dispatchers.Default], as
 * applications do.
 *
 * @param requesters where concurrent requests run, instead of the calling thread.
 */
class MidgeConnection(
    private val nats: NatsConnection,
    private val receiving: Receiving = Receiving.Flow,
    private val requesters: CoroutineContext = EmptyCoroutineContext,
) : BenchConnection {
    private val collectors = CoroutineScope(Dispatchers.Default)

    override val serverVersion: String
        get() = checkNotNull(nats.serverInfo.value) { "not connected" }.version

    override fun send(subject: String, payload: ByteArray, count: Int) = runBlocking {
        val to = Subject(subject)
        repeat(count) { nats.publish(to, payload) }
    }

    override fun sendConcurrently(subject: String, payload: ByteArray, count: Int, publishers: Int) = runBlocking(Dispatchers.Default) {
        val to = Subject(subject)
        repeat(publishers) { launch { repeat(shareOf(it, publishers, count)) { nats.publish(to, payload) } } }
    }

    override fun sendWithHeaders(subject: String, payload: ByteArray, count: Int) = runBlocking {
        val to = Subject(subject)
        repeat(count) { nats.publish(to, payload, HEADERS) }
    }

    override fun flush() = runBlocking { nats.flush() }

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) = runBlocking {
        val overflow = Overflow.DropNewest(room, Long.MAX_VALUE)
        when (receiving) {
            Receiving.Flow -> {
                val messages = nats.subscribe(subject, overflow = overflow)
                collectors.launch { messages.collect { counter.received(1) } }
            }

            Receiving.Handler -> nats.subscribe(subject, overflow = overflow) { counter.received(1) }

            Receiving.Inline -> nats.subscribeInline(subject) { counter.received(1) }

            Receiving.Borrowed -> borrow(subject, counter)
        }
        nats.flush()
    }

    @OptIn(DelicateNatsApi::class)
    private suspend fun borrow(subject: String, counter: MessageCounter): Subscription =
        nats.subscribeBorrowed(subject) { counter.received(1) }

    override fun receiveMany(subjects: List<String>, counter: MessageCounter) = runBlocking {
        subjects.forEach { nats.subscribeInline(it) { counter.received(1) } }
        nats.flush()
    }

    override fun echo(subject: String, payloadSize: Int) = runBlocking {
        nats.respond(subject) { it.payload }
        nats.flush()
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) = runBlocking {
        val to = Subject(subject)
        repeat(count) {
            val start = System.nanoTime()
            nats.request(to, payload)
            times[it] = System.nanoTime() - start
        }
    }

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) = runBlocking(requesters) {
        val to = Subject(subject)
        repeat(inFlight) { worker ->
            launch { repeat(shareOf(worker, inFlight, count)) { nats.request(to, payload) } }
        }
    }

    override fun requestAsync(subject: String, payload: ByteArray, answered: Runnable) {
        collectors.launch(start = CoroutineStart.UNDISPATCHED) {
            nats.request(subject, payload)
            answered.run()
        }
    }

    override fun close() {
        collectors.cancel()
        runBlocking { nats.close() }
    }

    private companion object {
        val HEADERS = Headers.of(*BENCH_HEADERS.toList().toTypedArray())
    }
}

/** The ways to receive with Midge. */
enum class Receiving {
    /** A Flow, collected by a coroutine of the application's. */
    Flow,

    /** A suspending function, run by the client. */
    Handler,

    /** A function that runs on the coroutine that reads the socket, without a queue. */
    Inline,

    /** As [Inline], over the read buffer: no message is made. */
    Borrowed,
}

/** How much of [total] falls to [worker] of [workers], such that the shares add up. */
internal fun shareOf(worker: Int, workers: Int, total: Int): Int = total / workers + if (worker < total % workers) 1 else 0
