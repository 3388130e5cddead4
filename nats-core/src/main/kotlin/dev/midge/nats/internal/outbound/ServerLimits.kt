package dev.midge.nats.internal.outbound

import dev.midge.nats.HeadersNotSupportedException
import dev.midge.nats.NatsException
import dev.midge.nats.PayloadTooLargeException

/**
 * What a server takes of a message.
 *
 * One object as long as nothing changes: whether messages were checked against the limits that hold is seen by its identity.
 */
internal class ServerLimits(val maxPayload: Long, val takesHeaders: Boolean) {
    /** Why a message of [size] bytes, headers included, is not taken; `null` if it is. */
    fun violation(size: Long, hasHeaders: Boolean): NatsException? = when {
        hasHeaders && !takesHeaders -> HeadersNotSupportedException()
        size > maxPayload -> PayloadTooLargeException(size, maxPayload)
        else -> null
    }

    fun isSame(other: ServerLimits): Boolean = maxPayload == other.maxPayload && takesHeaders == other.takesHeaders
}
