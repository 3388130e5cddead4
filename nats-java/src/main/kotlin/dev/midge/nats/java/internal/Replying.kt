package dev.midge.nats.java.internal

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.replyAddress

internal object Replying {
    /** Answers [message] if there is nothing to wait for; `false` with nothing sent also if it asks for no answer. */
    @JvmStatic
    @OptIn(InternalNatsApi::class)
    fun tryReply(nats: NatsOperations, message: NatsMessage, payload: ByteArray, headers: Headers): Boolean =
        message.replyAddress?.let { nats.tryPublish(it, payload, headers) } ?: false
}
