package dev.midge.nats.seam

import com.sun.management.ThreadMXBean
import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.minutes

private const val IN_FLIGHT = 64
private const val REQUESTS = 20_000
private val echo = Subject("echo")
private val payload = ByteArray(16)

private val threads = ManagementFactory.getThreadMXBean() as ThreadMXBean

/** What one request allocates in all threads but the server's, when [block] sends them all. */
private suspend fun EchoServer.bytesEach(block: suspend () -> Unit): Long {
    fun allocated(): Long {
        val ids = threads.allThreadIds.filter { it != thread.id }.toLongArray()
        return threads.getThreadAllocatedBytes(ids).sum()
    }
    val before = allocated()
    block()
    return (allocated() - before) / REQUESTS
}

private suspend fun byTheApi(nats: NatsConnection) = coroutineScope {
    repeat(IN_FLIGHT) {
        launch(Dispatchers.Default) { repeat(REQUESTS / IN_FLIGHT) { nats.request(echo, payload) } }
    }
}

/** The same by sinks: the end of each sends the next. */
private class Chain(private val seam: Seam) {
    private val left = AtomicInteger(REQUESTS)
    private val answered = AtomicInteger()
    val done = CompletableDeferred<Unit>()

    fun sendNext() {
        if (left.getAndDecrement() > 0) check(seam.tryRequest(echo, payload, Headers.Empty, Sink(seam.deadline(null))) > 0)
    }

    private inner class Sink(override val deadline: Long) :
        ReplySink,
        Runnable {
        override val subject: Subject
            get() = echo

        override fun onReply(message: NatsMessage, status: Int) = Unit

        override fun onTimeout() = Unit

        override fun onFailure(cause: NatsException) = Unit

        override fun wake(wakeUps: WakeUps): Unit = wakeUps.run(this, Dispatchers.Default)

        override fun run() {
            if (answered.incrementAndGet() == REQUESTS) done.complete(Unit)
            sendNext()
        }
    }
}

private suspend fun byTheSeam(nats: NatsConnection) {
    val chain = Chain(nats.seam(echo))
    repeat(IN_FLIGHT) { chain.sendNext() }
    chain.done.await()
}

class SeamAllocationSpec :
    FunSpec({
        test("a request through the seam allocates no more than one by the public API").config(timeout = 2.minutes) {
            EchoServer().use { server ->
                val nats = NatsConnection("nats://127.0.0.1:${server.port}")
                // What the compiler does, and threads that start, is none of theirs: the least of several rounds.
                val rounds = List(6) { server.bytesEach { byTheApi(nats) } to server.bytesEach { byTheSeam(nats) } }
                val api = rounds.minOf { it.first }
                val seam = rounds.minOf { it.second }
                println("a request allocates $api B by the public API, $seam B through the seam")
                seam shouldBeLessThanOrEqualTo api
                nats.close()
            }
        }
    })
