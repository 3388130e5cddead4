package dev.midge.nats

import dev.midge.nats.internal.client.requireAnswerable
import dev.midge.nats.internal.protocol.SubjectHash
import dev.midge.nats.internal.protocol.SubjectSyntax

/**
 * A NATS subject, checked and encoded once: publishing to a `Subject` neither validates nor encodes it again.
 *
 * Tokens are separated by `.`; the wildcards `*` (one token) and `>` (one or more tokens, only at the end) may stand for a whole
 * token and are accepted where one subscribes, never where one publishes; within a longer token they are characters like any other, as for
 * the server. Any UTF-8 text is allowed except white space and control characters that end a protocol argument (space, tab, CR, LF, NUL).
 * Immutable and safe to share between threads. It is the text that it stands for, encoded once: a [CharSequence].
 *
 * Source: NATS documentation, "Subject-Based Messaging"; ADR-6.
 *
 * @property isWildcard whether the subject holds a wildcard token, so that it can be subscribed to but not published to.
 */
public class Subject private constructor(
    private var text: String?,
    /** The UTF-8 bytes that go to the wire. Never written to. */
    internal val wire: ByteArray,
    public val isWildcard: Boolean,
) : CharSequence {
    private constructor(value: String, isPlain: Boolean) : this(
        if (isPlain) value else checked(value),
        value.encodeToByteArray(),
        !isPlain && SubjectSyntax.hasWildcard(value),
    )

    /**
     * The subject [value].
     *
     * @throws InvalidSubjectException if it is none; the message says which rule it breaks.
     */
    public constructor(value: String) : this(value, SubjectSyntax.isPlain(value))

    /** The subject as text. */
    @get:JvmName("value")
    public val value: String
        get() = text ?: wire.decodeToString().also { text = it }

    override val length: Int
        get() = value.length

    override fun get(index: Int): Char = value[index]

    override fun subSequence(startIndex: Int, endIndex: Int): CharSequence = value.subSequence(startIndex, endIndex)

    /**
     * Whether a subscription to this subject gets what is published to [other].
     *
     * If [other] holds wildcards itself: whether it gets everything that a subscription to [other] gets.
     */
    public fun matches(other: Subject): Boolean = SubjectSyntax.covers(value, other.value)

    /**
     * As the one with a [Subject].
     *
     * @throws InvalidSubjectException if [other] is no subject.
     */
    public fun matches(other: String): Boolean = matches(Subject(other))

    @Volatile
    private var cachedHash = 0L

    /** Where [wire] goes among the connections of a pool and the shards; made when first asked for, by threads in a race more than once. */
    internal val hash: Long
        get() {
            if (cachedHash == 0L) cachedHash = SubjectHash.fnv1a(wire)
            return cachedHash
        }

    /** In constant time unless the subjects are equal and not the same object: their hash codes, which texts keep, are compared first. */
    override fun equals(other: Any?): Boolean =
        this === other || (other is Subject && hashCode() == other.hashCode() && value == other.value)

    override fun hashCode(): Int = value.hashCode()

    override fun toString(): String = value

    /** Makes subjects of their parts. */
    public companion object {
        /**
         * The subject that has exactly these [tokens], such as `Subject.of("orders", id)`.
         *
         * Each stands for itself, wherever it comes from: what would be more than one token, or a wildcard, is refused.
         *
         * @throws InvalidSubjectException if a token is empty, holds a `.`, is `*` or `>`, or holds what no subject may; or if there is none.
         */
        @JvmStatic
        public fun of(vararg tokens: String): Subject {
            val value = tokens.joinToString(".")
            tokens.forEach { token ->
                if ('.' in token || token == "*" || token == ">") {
                    throw InvalidSubjectException(value, "'$token' is not one token that stands for itself")
                }
            }
            return Subject(value)
        }

        /**
         * The subject to answer to that a server has sent as [wire], which is kept: its text is made when it is asked for, which is hardly
         * ever. Whoever asks may have chosen one that nobody can subscribe to, or with a token `*`: it goes back byte by byte.
         *
         * @throws InvalidSubjectException if it would end before its end: the server is not honest.
         */
        internal fun received(wire: ByteArray): Subject {
            requireAnswerable(wire)
            return Subject(null, wire, isWildcard = false)
        }

        private fun checked(value: String): String {
            SubjectSyntax.violation(value)?.let { throw InvalidSubjectException(value, it) }
            return value
        }
    }
}
