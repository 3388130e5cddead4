package dev.midge.nats.jetstream

/** How many messages a stream has of one subject. */
public class SubjectCount internal constructor(
    /** The subject. */
    @get:JvmName("subject") public val subject: String,
    /** The number of its messages. */
    @get:JvmName("messages") public val messages: Long,
) {
    override fun equals(other: Any?): Boolean = other is SubjectCount && subject == other.subject && messages == other.messages

    override fun hashCode(): Int = subject.hashCode()

    override fun toString(): String = "$subject: $messages"
}
