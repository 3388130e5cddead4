package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage

/**
 * A received message with its value.
 *
 * @property value what the payload stands for.
 * @property message the message as it was received.
 */
public class TypedMessage<out T>(@get:JvmName("value") public val value: T, @get:JvmName("message") public val message: NatsMessage) {
    /** The subject it was published to (never a wildcard). */
    @get:JvmName("subject")
    public val subject: String
        get() = message.subject

    /** Where an answer is expected, or `null`. */
    @get:JvmName("replyTo")
    public val replyTo: String?
        get() = message.replyTo

    /**
     * The headers, decoded when first asked for.
     *
     * @throws dev.midge.nats.MalformedHeadersException as [NatsMessage.headers].
     */
    @get:JvmName("headers")
    public val headers: Headers
        get() = message.headers

    override fun toString(): String = "TypedMessage(value=$value, message=$message)"
}

/**
 * A responder's answer that has headers of its own.
 *
 * @property value the answer.
 * @property headers what goes with it.
 */
public class TypedReply<out T>(
    @get:JvmName("value") public val value: T,
    @get:JvmName("headers") public val headers: Headers = Headers.Empty,
)
