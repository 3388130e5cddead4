package dev.midge.nats.internal.inbound

import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.transport.awaitAvailable
import dev.midge.nats.internal.transport.consumeAvailable
import dev.midge.nats.internal.transport.continueOnSelector
import io.ktor.utils.io.ByteReadChannel
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Reads the socket and drives the parser: the only reader of a connection's socket.
 *
 * Never runs a user's suspending code and never waits for the writer; it waits for a subscriber only if that one chose `Overflow.Suspend`.
 *
 * @param delivery held while messages are delivered: sinks know one reader at a time, and while a connection moves from one server to
 *   another there are two.
 */
internal class ReaderLoop(
    private val input: ByteReadChannel,
    private val parser: ProtocolParser,
    private val dispatcher: Dispatcher,
    private val counters: InboundCounters,
    private val delivery: ReentrantLock,
) {
    /** Where it waits for a subscriber: a view of its own, which neither other readers nor users that block all of Dispatchers.IO hold up. */
    private val waiting = Dispatchers.IO.limitedParallelism(1)

    @Volatile
    private var isHeld = false

    @Volatile
    private var wasHeld = false

    private val parse = { bytes: ByteArray, from: Int, to: Int ->
        counters.bytes(to - from)
        parser.feed(bytes, from, to, dispatcher)
    }

    /** Returns at the end of the stream; throws what the channel throws, or a `ProtocolException`. */
    suspend fun run() {
        while (input.awaitAvailable()) {
            delivery.withLock(::deliver)
            if (dispatcher.holdsReader()) waitForSubscriber()
        }
    }

    private suspend fun waitForSubscriber() {
        isHeld = true
        wasHeld = true
        // With a dispatcher: the reader runs unconfined, and the collector that makes room would go on as the reader.
        withContext(waiting) { dispatcher.awaitRoom() }
        input.continueOnSelector()
        isHeld = false
    }

    /** Whether a subscriber has kept the reader from reading on, at any time since this was asked last. */
    fun takeWasHeld(): Boolean {
        val held = wasHeld
        wasHeld = isHeld
        return held
    }

    private fun deliver() {
        try {
            input.consumeAvailable(parse)
        } finally {
            // Also when the parser refuses what follows: those messages were good.
            dispatcher.wake()
        }
    }
}
