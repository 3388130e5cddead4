package dev.midge.nats

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
 */
public class Subject private constructor(public val value: String, checked: Boolean) {
    /** Whether the subject holds a wildcard token, so that it can be subscribed to but not published to. */
    public val isWildcard: Boolean

    /** The UTF-8 bytes that go to the wire. Never written to after construction. */
    internal val wire: ByteArray

    init {
        if (!checked) SubjectSyntax.violation(value)?.let { throw InvalidSubjectException(value, it) }
        isWildcard = SubjectSyntax.hasWildcard(value)
        wire = value.encodeToByteArray()
    }

    /**
     * A subject of [value].
     *
     * @throws InvalidSubjectException if it is none; the message says which rule it breaks.
     */
    public constructor(value: String) : this(value, checked = false)

    override fun equals(other: Any?): Boolean = this === other || (other is Subject && value == other.value)

    override fun hashCode(): Int = value.hashCode()

    override fun toString(): String = value

    internal companion object {
        /** A subject as the parser took it from a line: it holds no blank or line end, or it would not be one argument. */
        fun received(value: String): Subject = Subject(value, checked = true)
    }
}
