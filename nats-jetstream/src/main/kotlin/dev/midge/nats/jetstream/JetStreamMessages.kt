package dev.midge.nats.jetstream

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Seam
import dev.midge.nats.jetstream.internal.consume.AckBody
import dev.midge.nats.replyAddress

/**
 * They are handled, all of them: as [JetStreamMessage.ack] for each, but in one write, in this order, and they are on their way together or
 * not at all.
 *
 * Those of which something was said already are left out, so that each is acknowledged once, whoever else acknowledges it meanwhile. If this
 * fails or is cancelled before they are queued, nothing was said of any. Messages that came by several connections, of a pool or of
 * shards, have one write each.
 *
 * @throws NotAcknowledgedException if one of them takes no acknowledgement, as those of an ordered consumer; nothing is sent.
 */
@OptIn(InternalNatsApi::class)
public suspend fun Iterable<JetStreamMessage>.ackAll() {
    val messages = toList()
    messages.firstOrNull { !it.isAcknowledgeable }?.let { throw NotAcknowledgedException(it.subject) }
    for ((seam, those) in messages.groupBy { it.seam }) ackTogether(seam, those)
}

@OptIn(InternalNatsApi::class)
private suspend fun ackTogether(seam: Seam, messages: List<JetStreamMessage>) {
    val claimed = messages.filter { it.tryClaim() }
    var isSent = false
    try {
        seam.connection.publishBatch {
            for (message in claimed) publish(checkNotNull(message.raw.replyAddress), AckBody.ACK)
        }
        isSent = true
    } finally {
        if (!isSent) claimed.forEach { it.reopen() }
    }
}
