package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsMessage
import dev.midge.nats.replyBytes

/** The headers, or none if they cannot be read: that is for who takes the message to find. */
internal val NatsMessage.readableHeaders: Headers
    get() = try {
        headers
    } catch (_: MalformedHeadersException) {
        Headers.Empty
    }

/** What a message counts against a pull's limit: both subjects, headers and payload. A few bytes off if headers have odd blanks. */
@OptIn(InternalNatsApi::class)
internal fun NatsMessage.wireSize(): Long {
    val block = readableHeaders.toMap().entries.sumOf { (name, values) ->
        values.sumOf { name.length + it.encodeToByteArray().size + HEADER_LINE }
    }
    return subject.length + (replyBytes?.size ?: 0) + payload.size + if (block == 0) 0L else block + HEADER_BLOCK
}

/** Colon, blank and line end; and the first line with the empty last one. */
private const val HEADER_LINE = 4
private const val HEADER_BLOCK = 12L
