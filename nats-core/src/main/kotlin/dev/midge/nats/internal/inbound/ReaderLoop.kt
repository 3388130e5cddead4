package dev.midge.nats.internal.inbound

import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.transport.consumeSegments
import io.ktor.utils.io.ByteReadChannel

/**
 * Reads the socket and drives the parser: the only reader of a connection's socket.
 *
 * Never runs a user's suspending code and never waits for the writer; it waits for a subscriber only if that one chose `Overflow.Suspend`.
 */
internal class ReaderLoop(
    private val input: ByteReadChannel,
    private val parser: ProtocolParser,
    private val dispatcher: Dispatcher,
    private val counters: InboundCounters,
) {
    /** Returns at the end of the stream; throws what the channel throws, or a `ProtocolException`. */
    suspend fun run() {
        while (true) {
            val open = try {
                input.consumeSegments { bytes, from, to ->
                    counters.bytes(to - from)
                    parser.feed(bytes, from, to, dispatcher)
                }
            } finally {
                // Also when the parser refuses what follows: those messages were good.
                dispatcher.wake()
            }
            if (!open) return
            dispatcher.awaitRoom()
        }
    }
}
