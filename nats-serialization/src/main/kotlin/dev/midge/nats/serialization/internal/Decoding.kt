package dev.midge.nats.serialization.internal

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsPublisher
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.serialization.TypedMessage
import dev.midge.nats.serialization.Undecodable
import dev.midge.nats.serialization.UndecodableMessageException
import org.slf4j.LoggerFactory
import java.util.concurrent.atomic.AtomicLong

/** Decodes the messages of one subscription, and does with those that do not decode what its policy says. */
internal class Decoding<T>(
    private val codec: BoundCodec<T>,
    private val policy: Undecodable,
    private val letters: DeadLetters?,
    private val nats: NatsSubscriber,
) {
    private val undecodable = AtomicLong()
    private val published = AtomicLong()

    val undecodableMessages: Long
        get() = undecodable.get()
    val deadLetters: Long
        get() = published.get()

    /**
     * The message with its value, or `null` if it has none; then look at the next one.
     *
     * @throws UndecodableMessageException if it has none, and the policy is [Undecodable.Fail].
     */
    suspend fun decode(message: NatsMessage): TypedMessage<T>? {
        val value = try {
            codec.decode(message)
        } catch (e: UndecodableMessageException) {
            refuse(e)
            if (letters != null && letters.publish(e)) published.incrementAndGet()
            return null
        }
        return TypedMessage(value, message)
    }

    /** The value in [message]. @throws UndecodableMessageException if it has none; then [refuse] it. */
    fun decode(message: BorrowedMessage): T = codec.decode(message)

    /**
     * Counts and tells what does not decode.
     *
     * @throws UndecodableMessageException if the policy is [Undecodable.Fail].
     */
    fun refuse(failure: UndecodableMessageException) {
        val first = undecodable.incrementAndGet() == 1L
        nats.tell(failure)
        if (policy == Undecodable.Fail) throw failure
        // Not the cause: it may quote the payload.
        if (first) log.warn("{}; policy: {}. Later ones are logged at DEBUG", failure.message, policy) else log.debug(failure.message)
    }

    private companion object {
        val log = LoggerFactory.getLogger("dev.midge.nats.serialization")
    }
}

/** Decoding for a subscription of this connection, by [policy] or that of the codec's registry. */
internal fun <T> NatsSubscriber.decoding(codec: BoundCodec<T>, policy: Undecodable?): Decoding<T> {
    val chosen = policy ?: codec.registry.undecodable
    if (chosen !is Undecodable.DeadLetter) return Decoding(codec, chosen, null, this)
    require(this is NatsPublisher) { "$chosen needs something to publish with: subscribe by a NatsOperations" }
    return Decoding(codec, chosen, DeadLetters(this, chosen.subject), this)
}

/** Tells [failure] as an event of the connection. */
@OptIn(InternalNatsApi::class)
internal fun NatsSubscriber.tell(failure: UndecodableMessageException): Unit =
    tell(NatsEvent.MessageNotDecoded(failure.undecoded.subject, failure.type, failure.cause ?: failure))
