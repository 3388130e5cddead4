package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.AlreadyAcknowledgedException
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.JetStreamProbe
import dev.midge.nats.jetstream.PoisonMessageException
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.serialization.UndecodableMessageException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration

/** Runs a handler, and says by how it ends what becomes of its message. */
@OptIn(InternalNatsApi::class)
internal class Handling(
    private val source: PullSource,
    private val config: ConsumerConfig,
    private val options: ConsumeOptions,
    private val handler: suspend (JetStreamMessage) -> Unit,
) {
    private val probe = source.probe
    val failed = AtomicLong()
    val givenUp = AtomicLong()
    private val deadLetters = options.deadLetters?.let { DeadLetters(source, it) }

    /**
     * @param awaits called with the time after which the message comes again, before the server is told.
     * @return whether it is handled, and acknowledged.
     */
    suspend fun handle(message: JetStreamMessage, awaits: (Duration) -> Unit): Boolean {
        try {
            if (probe == null) handler(message) else probe.watch(message)
        } catch (e: Throwable) {
            if (e is CancellationException && !currentCoroutineContext().isActive) throw e
            onFailure(message, e, awaits)
            return false
        }
        // Its handler may have said so itself.
        val delay = message.nakDelay
        if (delay != null) awaits(delay)
        return delay == null && (message.isAcknowledged || say(message) { ack() })
    }

    private suspend fun JetStreamProbe.watch(message: JetStreamMessage) {
        val begin = System.nanoTime()
        try {
            handler(message)
        } catch (e: Throwable) {
            onHandled(message, System.nanoTime() - begin, e)
            throw e
        }
        onHandled(message, System.nanoTime() - begin, null)
    }

    suspend fun onFailure(message: JetStreamMessage, cause: Throwable, awaits: (Duration) -> Unit) {
        failed.incrementAndGet()
        // Its handler has said so itself.
        if (message.isAcknowledged) return message.nakDelay?.let(awaits) ?: Unit
        val deliveries = message.metadata.delivered
        val mayComeAgain = config.maxDeliver !in 1..deliveries
        val reason = poisonIn(cause, message) ?: "given up after $deliveries deliveries".takeIf { isLast(deliveries) || !mayComeAgain }
        if (reason == null) return again(message, cause, awaits)
        val unstored = deadLetters?.store(message, reason)
        if (unstored != null && mayComeAgain) return again(message, unstored, awaits)
        giveUp(message, reason, unstored ?: cause, mayComeAgain)
    }

    private fun isLast(deliveries: Long) = options.maxDeliveries > 0 && deliveries >= options.maxDeliveries

    private suspend fun giveUp(message: JetStreamMessage, reason: String, cause: Throwable, mayComeAgain: Boolean) {
        // At the consumer's own limit the server notices when it would deliver again, and says so.
        say(message) { if (mayComeAgain) terminate(reason) else nak() }
        givenUp.incrementAndGet()
        val metadata = message.metadata
        source.events.tell(
            JetStreamEvent.MessageGivenUp(source.stream, source.consumer, metadata.streamSequence, metadata.delivered, cause),
        )
    }

    /** Why [message] will never be handled, if [cause] says so. A reply that its handler could not decode says nothing of the message. */
    private fun poisonIn(cause: Throwable, message: JetStreamMessage): String? = when (cause) {
        is PoisonMessageException -> cause.reason
        is UndecodableMessageException -> cause.message.takeIf { cause.undecoded === message.raw }
        else -> null
    }

    private suspend fun again(message: JetStreamMessage, cause: Throwable, awaits: (Duration) -> Unit) {
        val delay = delayOf(message, cause)
        source.events.tell(
            JetStreamEvent.HandlerFailed(source.stream, source.consumer, message.metadata.streamSequence, cause, delay),
        )
        awaits(delay)
        say(message) { nak(delay) }
    }

    private fun delayOf(message: JetStreamMessage, cause: Throwable): Duration = try {
        options.retryDelay(message, cause).coerceAtLeast(Duration.ZERO)
    } catch (e: Exception) {
        log.error("retryDelay of '{}' has failed, takes none", source.consumer, e)
        Duration.ZERO
    }

    /** Without a connection nothing can be said, and this returns `false`: the server delivers again. */
    private suspend fun say(message: JetStreamMessage, words: suspend JetStreamMessage.() -> Unit): Boolean {
        try {
            message.words()
        } catch (_: AlreadyAcknowledgedException) {
            // The handler has left something behind that says it.
        } catch (e: NatsException) {
            log.warn("cannot acknowledge message {} of '{}', it will be delivered again", message.metadata.streamSequence, source.stream, e)
            return false
        }
        return true
    }
}
