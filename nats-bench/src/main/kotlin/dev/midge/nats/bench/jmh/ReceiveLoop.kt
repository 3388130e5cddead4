package dev.midge.nats.bench.jmh

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subscription
import dev.midge.nats.bench.client.RawFrames
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.util.concurrent.Semaphore

/** Receives what [server] sends, a batch at a time. */
class ReceiveLoop(private val server: LoopbackServer, size: Int, private val batch: Int, inline: Boolean) : AutoCloseable {
    private val collectors = CoroutineScope(Dispatchers.Default)
    private val nats = NatsConnection(server.url)
    private val complete = Semaphore(0)
    private val subscription = runBlocking { if (inline) subscribeInline() else subscribe() }
    private val frames =
        RawFrames.repeated("MSG $SUBJECT ${subscription.sid} $size\r\n${"x".repeat(size)}\r\n".encodeToByteArray(), batch)

    /** Touched by the one receiving thread at a time only. */
    private var received = 0

    fun receiveBatch() {
        server.send(frames)
        complete.acquire()
    }

    override fun close() {
        collectors.cancel()
        runBlocking { nats.close() }
    }

    private suspend fun subscribe(): Subscription = nats.subscribe(SUBJECT).also { messages ->
        collectors.launch { messages.collect { count() } }
    }

    private suspend fun subscribeInline(): Subscription = nats.subscribeInline(SUBJECT) { count() }

    private fun count() {
        if (++received % batch == 0) complete.release()
    }

    private companion object {
        const val SUBJECT = "bench.orders.created"
    }
}
