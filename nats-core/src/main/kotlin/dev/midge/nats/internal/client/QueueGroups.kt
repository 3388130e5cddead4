package dev.midge.nats.internal.client

import dev.midge.nats.InvalidQueueGroupException
import dev.midge.nats.internal.protocol.SubjectSyntax

/** @throws InvalidQueueGroupException if [queueGroup] is none. */
internal fun requireQueueGroup(queueGroup: String?) {
    if (queueGroup == null) return
    SubjectSyntax.queueGroupViolation(queueGroup)?.let { throw InvalidQueueGroupException(queueGroup, it) }
}
