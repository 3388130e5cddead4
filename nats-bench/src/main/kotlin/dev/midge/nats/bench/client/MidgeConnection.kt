package dev.midge.nats.bench.client

import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/**
 * Sends from coroutines of the calling thread, as the other clients send from that thread alone; collects on [Dispatchers.Default], as
 * applications do.
 */
class MidgeConnection(private val nats: NatsConnection, private val inline: Boolean) : BenchConnection {
    private val collectors = CoroutineScope(Dispatchers.Default)

    override val serverVersion: String
        get() = checkNotNull(nats.serverInfo.value) { "not connected" }.version

    override fun publish(subject: String, payload: ByteArray, count: Int) = runBlocking {
        val to = Subject(subject)
        repeat(count) { nats.publish(to, payload) }
        nats.flush()
    }

    override fun receive(subject: String, payloadSize: Int, expected: Int): Reception {
        val reception = Reception(expected)
        runBlocking {
            if (inline) {
                nats.subscribeInline(subject) { reception.received() }
            } else {
                // A benchmark that drops has measured nothing: there is room for all.
                val messages = nats.subscribe(subject, overflow = Overflow.DropNewest(expected, Long.MAX_VALUE))
                collectors.launch { messages.collect { reception.received() } }
            }
            nats.flush()
        }
        return reception
    }

    override fun echo(subject: String, payloadSize: Int) = runBlocking {
        nats.respond(subject) { it.payload }
        nats.flush()
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, count: Int): LongArray = runBlocking {
        val to = Subject(subject)
        LongArray(count) {
            val start = System.nanoTime()
            nats.request(to, payload)
            System.nanoTime() - start
        }
    }

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) = runBlocking {
        val to = Subject(subject)
        repeat(inFlight) { worker ->
            launch { repeat(shareOf(worker, inFlight, count)) { nats.request(to, payload) } }
        }
    }

    override fun close() {
        collectors.cancel()
        runBlocking { nats.close() }
    }
}

/** How much of [total] falls to [worker] of [workers], such that the shares add up. */
internal fun shareOf(worker: Int, workers: Int, total: Int): Int = total / workers + if (worker < total % workers) 1 else 0
