package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.ConsumerEndedException
import dev.midge.nats.jetstream.ConsumerInfo
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.OrderedConfig
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.ConsumerApi
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.text
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** A Flow of all messages in their order; each collector has consumers of its own. */
internal fun orderedMessages(jetStream: JetStream, stream: String, config: OrderedConfig): Flow<JetStreamMessage> =
    flow { OrderedRun(jetStream, stream, config) { emit(it) }.run() }

/**
 * One collector of an ordered consumer: a consumer that acknowledges nothing and is replaced by another one, from the last message on,
 * whenever something may have been lost.
 */
@OptIn(InternalNatsApi::class)
internal class OrderedRun(
    private val jetStream: JetStream,
    private val stream: String,
    private val config: OrderedConfig,
    private val taker: OrderedTaker,
) {
    private val api = ConsumerApi(jetStream.channel, stream)
    private val cursor = OrderedCursor(config)
    private val prefix = Names.random()
    private var serial = 0
    private var created = ""
    private var source = PullSource(jetStream, stream, prefix)

    /** What the consumer had to deliver when it was made. */
    private var pending = 0L

    /** The stream's last sequence before that. */
    private var end = 0L

    /** How many consumers in a row were asked for without an answer. */
    private var unanswered = 0

    /** Consumers that are not wanted any more, and may still be there. */
    private val abandoned = ArrayList<String>()

    suspend fun run() {
        created = streamInfo(jetStream.options.timeout).text("created")
        var reason: String? = null
        var pause = FIRST_PAUSE
        while (true) {
            val before = cursor.after
            val madeAt = TimeSource.Monotonic.markNow()
            nameAnew()
            var loop: PullLoop? = null
            try {
                loop = begin(reason) ?: return
                taker.onStream(end)
                taker.onConsumer(pending, reason, cursor.after)
                reason = deliver(loop) ?: return
            } finally {
                loop?.stop()
                abandoned += source.consumer
                deleteAbandoned()
            }
            // One that ends as soon as it is made would be made again and again.
            val isUseless = cursor.after == before && madeAt.elapsedNow() < SHORT_LIFE
            if (isUseless) delay(pause)
            pause = if (isUseless) minOf(pause * 2, LONGEST_PAUSE) else FIRST_PAUSE
        }
    }

    /** A name that is used twice may still be taken. */
    private fun nameAnew() {
        source = PullSource(jetStream, stream, "${prefix}_${++serial}")
    }

    /** Makes the next consumer. Returns what pulls from it, or `null` if the connection was closed in order, or drains, since the one before. */
    private suspend fun begin(reason: String?): PullLoop? {
        try {
            make(reason)
            val loop = PullLoop(source, PullPlan.endless(config.pull), tellsHeartbeats = true, isReplaceable = true)
            try {
                loop.start()
            } catch (e: Throwable) {
                loop.stop()
                throw e
            }
            return loop
        } catch (e: ConnectionClosedException) {
            if (reason == null || e.cause != null) throw e
        } catch (e: ConnectionDrainingException) {
            if (reason == null) throw e
        }
        return null
    }

    /** Until the connection is closed in order: `null` then; otherwise why another consumer is needed. */
    private suspend fun deliver(loop: PullLoop): String? {
        while (true) {
            // What the taker throws is none of these.
            val taken = try {
                loop.take() ?: return null
            } catch (e: RestartException) {
                return e.message
            } catch (e: ConsumerEndedException) {
                if (e.cause is StreamNotFoundException) throw e
                return e.reason
            }
            if (taken is Heartbeat) {
                if (cursor.hasGap(taken)) return "a message was lost before a heartbeat"
                if (cursor.hasAll(taken)) taker.onIdle()
                continue
            }
            val message = source.message(taken as NatsMessage, takesAcks = false)
            when (cursor.onMessage(message.metadata)) {
                OrderedCursor.Step.DELIVER -> {
                    source.probe?.onDelivered(message)
                    taker.onMessage(message)
                }

                OrderedCursor.Step.AGAIN -> taker.onAgain(message)

                OrderedCursor.Step.DROP -> Unit

                OrderedCursor.Step.RESTART -> return "a message was lost"
            }
        }
    }

    /** Makes the consumer. The first one fails as any other request; later ones are tried until the stream is known to be gone. */
    private suspend fun make(reason: String?) {
        var pause = FIRST_PAUSE
        while (true) {
            try {
                checkStream(reason)
                val info = create(isFirst = reason == null)
                cursor.begin(info.name, info.delivered.streamSequence)
                pending = info.pending
                reason?.let { source.events.tell(JetStreamEvent.ConsumerRecreated(stream, source.consumer, it, cursor.after)) }
                // Somebody answers now; there may have been nobody when they were deleted.
                deleteAbandoned()
                abandoned.clear()
                return
            } catch (e: NatsException) {
                if (reason == null || isFinal(e)) throw e
                // The stream has a leader: only the consumer has none.
                if (e is JetStreamTimeoutException && e.consumer != null) pause = FIRST_PAUSE
                source.events.tell(JetStreamEvent.ConsumerNotRecreated(stream, source.consumer, e, pause))
            }
            delay(pause)
            pause = minOf(pause * 2, LONGEST_PAUSE)
        }
    }

    /**
     * Without an answer, the next attempt takes another name: servers that have placed the consumer where nobody is alive answer none that
     * asks for this one.
     */
    private suspend fun create(isFirst: Boolean): ConsumerInfo = try {
        val wait = if (isFirst) jetStream.options.timeout else minOf(jetStream.options.timeout, FIRST_WAIT * (1 shl unanswered / SAME_WAIT))
        api.create(source.consumer, isDurable = false, cursor.consumerConfig(taker.wantsLasts), wait).also { unanswered = 0 }
    } catch (e: JetStreamTimeoutException) {
        unanswered = minOf(unanswered + 1, MOST_UNANSWERED)
        abandoned += source.consumer
        nameAnew()
        throw e
    }

    private fun isFinal(e: NatsException) = when (e) {
        is StreamNotFoundException, is ConsumerEndedException, is FeatureNotSupportedException -> true
        is ConnectionClosedException, is ConnectionDrainingException -> true
        else -> false
    }

    /** Sequences mean nothing in a stream that was deleted and made again. */
    private suspend fun checkStream(reason: String?) {
        if (reason == null) return
        if (streamInfo(minOf(jetStream.options.timeout, LEADER_WAIT)).text("created") != created) {
            throw ConsumerEndedException(stream, source.consumer, "the stream was deleted, and there is another one of its name")
        }
    }

    private suspend fun streamInfo(timeout: Duration): JsonObject =
        jetStream.channel.request("STREAM", "INFO", stream, target = ApiTarget(stream), timeout = timeout)
            .also { end = it.obj("state").number("last_seq") }

    /** Nobody waits for the answers; if the last ones do not get there, the server removes the consumers after a while. */
    private fun deleteAbandoned(): Unit = abandoned.forEach { deleteUnwatched(it) }

    private fun deleteUnwatched(name: String) {
        try {
            val subject = jetStream.channel.subjects.of("CONSUMER", "DELETE", stream, name)
            jetStream.nats.tryPublish(subject, ByteArray(0), replyTo = source.seam.newInbox().value)
        } catch (_: NatsException) {
            // The same.
        }
    }

    private companion object {
        val FIRST_PAUSE = 1.seconds / 4

        /** With [LEADER_WAIT], how long it takes at most to notice that there is a leader again. */
        val LONGEST_PAUSE = 2.seconds
        val LEADER_WAIT = 2.seconds

        /** A consumer that ends sooner without a message was of no use. */
        val SHORT_LIFE = 2.seconds

        /** One in three is placed where nobody is alive, after a server's end: some attempts have to fit into a few seconds. */
        val FIRST_WAIT = 1.seconds
        const val SAME_WAIT = 3
        const val MOST_UNANSWERED = 12
    }
}
