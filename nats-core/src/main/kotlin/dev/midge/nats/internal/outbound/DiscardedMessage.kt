package dev.midge.nats.internal.outbound

import dev.midge.nats.NatsException
import dev.midge.nats.internal.protocol.ClientFrames
import kotlinx.coroutines.CompletableDeferred
import java.nio.ByteBuffer

/**
 * A message that was accepted and will not be sent, because of [cause].
 *
 * @property size payload and headers.
 * @property watches who waits until it was handed to the socket.
 */
internal class DiscardedMessage(
    val subject: String,
    val replyTo: String?,
    val size: Long,
    val cause: NatsException,
    val watches: List<CompletableDeferred<Unit>>,
) {
    companion object {
        /** The message whose frame begins at [from]. */
        fun of(bytes: ByteBuffer, from: Int, cause: NatsException, watches: List<CompletableDeferred<Unit>>): DiscardedMessage {
            val arguments = ClientFrames.line(bytes, from).split(' ')
            val sizes = if (ClientFrames.hasHeaders(bytes, from)) 2 else 1
            val replyTo = arguments[2].takeIf { arguments.size > 2 + sizes }
            return DiscardedMessage(arguments[1], replyTo, ClientFrames.messageSize(bytes, from).toLong(), cause, watches)
        }
    }
}
