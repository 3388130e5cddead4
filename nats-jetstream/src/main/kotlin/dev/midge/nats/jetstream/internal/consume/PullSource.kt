package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.JetStreamProbe
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PullRefusedException
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.api.ApiTarget
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** One consumer, as something to pull from, by the connection that carries the pulls. */
@OptIn(InternalNatsApi::class)
internal class PullSource(private val jetStream: JetStream, val stream: String, val consumer: String, outlet: PullOutlet? = null) {
    private val channel = jetStream.channel
    val next: Subject = Subject(channel.subjects.of("CONSUMER", "MSG", "NEXT", stream, consumer))
    val seam: Seam = channel.nats.seam(next)
    val outlet: PullOutlet = outlet ?: ConnectionOutlet(seam)
    val events: JetStreamEvents
        get() = jetStream.eventBus
    val probe: JetStreamProbe?
        get() = channel.options.probe

    /** [raw] as users get it. */
    fun message(raw: NatsMessage, takesAcks: Boolean = true): JetStreamMessage = JetStreamMessage(seam, raw, jetStream.nats, takesAcks)

    /** [raw] as it is handed over to a user. */
    fun delivered(raw: NatsMessage, takesAcks: Boolean = true): JetStreamMessage = message(raw, takesAcks).also { probe?.onDelivered(it) }

    /** As [JetStream.publish]. */
    suspend fun publish(subject: Subject, payload: ByteArray, options: PublishOptions): PublishAck =
        jetStream.publish(subject, payload, options)

    /**
     * Asks whether the consumer is there, because a pull found nobody or nothing was heard. Returns why it is not; `null` if it is, or if
     * nobody can say now. One "not found" does not count: a server that has just started may not have read everything yet.
     */
    suspend fun whyGone(): JetStreamApiException? {
        val first = ask() ?: return null
        delay(CONFIRM_AFTER)
        return ask()?.let { first }
    }

    /** What [status] ends a pull with, if it ends all of them. */
    fun failure(status: PullStatus): NatsException = when (status.verdict) {
        PullStatus.Verdict.DELETED -> ConsumerEndedException(stream, consumer, "it was deleted")
        PullStatus.Verdict.NOT_PULLED -> ConsumerEndedException(stream, consumer, "it is a push consumer")
        else -> PullRefusedException(stream, consumer, status.toString())
    }

    private suspend fun ask(): JetStreamApiException? = try {
        val timeout = minOf(channel.options.timeout, LONGEST)
        channel.request("CONSUMER", "INFO", stream, consumer, target = ApiTarget(stream, consumer), timeout = timeout)
        null
    } catch (e: ConsumerNotFoundException) {
        e
    } catch (e: StreamNotFoundException) {
        e
    } catch (_: NatsException) {
        null
    }

    private companion object {
        val CONFIRM_AFTER = 250.milliseconds
        val LONGEST = 2.seconds
    }
}
