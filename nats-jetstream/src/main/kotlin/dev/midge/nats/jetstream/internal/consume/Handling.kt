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
        val metadata = message.metadata
        val deliveries = metadata.delivered
        val isLast = options.maxDeliveries > 0 && deliveries >= options.maxDeliveries
        when {
            // Its handler has said so itself.
            message.isAcknowledged -> return message.nakDelay?.let(awaits) ?: Unit

            cause is PoisonMessageException -> say(message) { terminate(cause.reason) }

            isLast -> say(message) { terminate("given up after $deliveries deliveries") }

            // The consumer's own limit: the server notices when it would deliver again.
            config.maxDeliver in 1..deliveries -> say(message) { nak() }

            else -> return again(message, cause, awaits)
        }
        givenUp.incrementAndGet()
        source.events.tell(JetStreamEvent.MessageGivenUp(source.stream, source.consumer, metadata.streamSequence, deliveries, cause))
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
