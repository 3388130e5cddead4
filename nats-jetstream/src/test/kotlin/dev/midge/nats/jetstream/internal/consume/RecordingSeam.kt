package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.fixtures.NoSeam
import dev.midge.nats.jetstream.fixtures.noClient
import java.util.concurrent.ConcurrentLinkedQueue

/** Keeps what is replied; nothing else of it is there. */
@OptIn(InternalNatsApi::class)
internal class RecordingSeam(private val hasRoom: Boolean = true, private val onReply: suspend () -> Unit = {}) : NoSeam() {
    val replies = ConcurrentLinkedQueue<String>()

    override fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean {
        if (hasRoom) replies += payload.decodeToString()
        return hasRoom
    }

    override suspend fun reply(replyTo: ByteArray, payload: ByteArray) {
        onReply()
        replies += payload.decodeToString()
    }
}

/** A message as a consumer delivers it. */
@OptIn(InternalNatsApi::class)
internal fun delivered(seam: RecordingSeam, sequence: Long = 1, deliveries: Int = 1): JetStreamMessage = JetStreamMessage(
    seam,
    NatsMessage("orders.new", ByteArray(0), Headers.Empty, "\$JS.ACK.ORDERS.billing.$deliveries.$sequence.$sequence.1795754710141085556.0"),
    noClient,
)
