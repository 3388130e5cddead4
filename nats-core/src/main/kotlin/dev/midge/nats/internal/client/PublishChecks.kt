package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.Subject
import dev.midge.nats.internal.protocol.SubjectSyntax
import kotlinx.io.Buffer
import kotlinx.io.Source
import kotlinx.io.readAtMostTo
import java.nio.ByteBuffer

/** @throws InvalidSubjectException if [subject] holds a wildcard. */
internal fun requirePublishable(subject: Subject) {
    if (subject.isWildcard) throw InvalidSubjectException(subject.value, "one publishes to a subject without wildcards")
}

/** @throws InvalidSubjectException if [replyTo] holds a wildcard. */
internal fun replyWire(replyTo: Subject?): ByteArray? {
    if (replyTo == null) return null
    if (replyTo.isWildcard) throw InvalidSubjectException(replyTo.value, "a reply goes to a subject without wildcards")
    return replyTo.wire
}

/** @throws InvalidSubjectException if [replyTo], which a server has sent, would end before its end: the server is not honest. */
internal fun requireAnswerable(replyTo: ByteArray) {
    if (SubjectSyntax.isPlain(replyTo) || SubjectSyntax.isAnswerable(replyTo)) return
    throw InvalidSubjectException(replyTo.decodeToString(), "it cannot stand in a control line")
}

/** The header block, or `null` if there is none. */
internal fun headerWire(headers: Headers): ByteArray? = if (headers.isEmpty()) null else headers.wire

/** Empties the buffer into [out]. */
internal fun Buffer.drainTo(out: ByteBuffer) {
    while (!exhausted()) readAtMostTo(out)
}

/** All bytes of [payload]: as they are if they are in a buffer already, else moved into one. */
internal fun buffered(payload: Source): Buffer = payload as? Buffer ?: Buffer().also(payload::transferTo)
