package dev.midge.nats

/**
 * A message to be sent, as a value: what [NatsPublisher.publishAll] takes many of.
 *
 * The array is not copied before the message is published, and may be changed or used again afterwards.
 *
 * @property subject where it goes.
 * @property payload its bytes.
 * @property headers its headers.
 * @property replyTo where an answer is expected, or `null`.
 */
public class OutgoingMessage @JvmOverloads constructor(
    @get:JvmName("subject") public val subject: Subject,
    @get:JvmName("payload") public val payload: ByteArray,
    @get:JvmName("headers") public val headers: Headers = Headers.Empty,
    @get:JvmName("replyTo") public val replyTo: Subject? = null,
) {
    override fun toString(): String =
        "OutgoingMessage(subject=$subject, replyTo=$replyTo, payload=${payload.size} B, headers=${headers.size})"
}
