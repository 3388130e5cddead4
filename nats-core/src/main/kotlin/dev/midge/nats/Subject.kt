package dev.midge.nats

import dev.midge.nats.internal.protocol.SubjectHash
import dev.midge.nats.internal.protocol.SubjectSyntax

/**
 * A NATS subject, checked and encoded once: publishing to a `Subject` neither validates nor encodes it again.
 *
 * Tokens are separated by `.`; the wildcards `*` (one token) and `>` (one or more tokens, only at the end) may stand for a whole
 * token and are accepted where one subscribes, never where one publishes. Any UTF-8 text is allowed except white space and control
 * characters that end a protocol argument (space, tab, CR, LF, NUL). Immutable and safe to share between threads.
 *
 * Source: NATS documentation, "Subject-Based Messaging"; ADR-6.
 *
 * @property value the subject as text.
 * @constructor a subject of [value].
 *   Throws [InvalidSubjectException] if it is none; the message says which rule it breaks.
 */
public class Subject(public val value: String) {
    /** Whether the subject holds a wildcard token, so that it can be subscribed to but not published to. */
    public val isWildcard: Boolean

    /** The UTF-8 bytes that go to the wire. Never written to after construction. */
    internal val wire: ByteArray

    @Volatile
    private var cachedHash = 0L

    /** Where [wire] goes among the connections of a pool and the shards; made when first asked for, by threads in a race more than once. */
    internal val hash: Long
        get() {
            if (cachedHash == 0L) cachedHash = SubjectHash.fnv1a(wire)
            return cachedHash
        }

    init {
        val isPlain = SubjectSyntax.isPlain(value)
        if (!isPlain) SubjectSyntax.violation(value)?.let { throw InvalidSubjectException(value, it) }
        isWildcard = !isPlain && SubjectSyntax.hasWildcard(value)
        wire = value.encodeToByteArray()
    }

    /** In constant time unless the subjects are equal and not the same object: their hash codes, which are kept, are compared first. */
    override fun equals(other: Any?): Boolean =
        this === other || (other is Subject && hashCode() == other.hashCode() && value == other.value)

    override fun hashCode(): Int = value.hashCode()

    override fun toString(): String = value
}
