package dev.midge.nats.serialization

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage

/** Every exception of this module: `when` over it is exhaustive. */
public sealed class NatsSerializationException(message: String, cause: Throwable? = null) : NatsException(message, cause)

/**
 * A received payload is not a value of the type that was asked for. It concerns this one message; subscription and connection live on
 * unless [Undecodable.Fail] was chosen.
 *
 * The exception's own message names subject and type only; what the decoder has to say, which may quote the payload, is in the cause.
 *
 * @property undecoded the message as it was received.
 * @property type what it should have been.
 */
public class UndecodableMessageException(
    @get:JvmName("undecoded") public val undecoded: NatsMessage,
    @get:JvmName("type") public val type: String,
    cause: Throwable? = null,
) : NatsSerializationException(
    "the message on '${undecoded.subject}' (${undecoded.payload.size} B) does not decode as $type" + because(cause),
    cause,
)

/**
 * A value could not be encoded. Nothing was sent. What the encoder has to say, which may quote the value, is in the cause.
 *
 * @property type as what it should have been encoded.
 * @property valueType the class of what was to be encoded, `null` if that is not known.
 */
public class UnencodableValueException(
    @get:JvmName("type") public val type: String,
    cause: Throwable? = null,
    @get:JvmName("valueType") public val valueType: String? = null,
) : NatsSerializationException("${valueType?.takeIf { it != type } ?: "a value"} does not encode as $type" + because(cause), cause)

/**
 * There is no codec for a type: it is not serializable for the format, and the registry has none of its own for it.
 *
 * @property type the type.
 */
public class UnsupportedTypeException(@get:JvmName("type") public val type: String, reason: String, cause: Throwable? = null) :
    NatsSerializationException("no codec for $type: $reason", cause)

private fun because(cause: Throwable?): String = cause?.let { ": ${it.javaClass.simpleName}" }.orEmpty()
