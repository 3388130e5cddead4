package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InboxSubscription
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.IngestException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.ServerFeature
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiFailures
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.text
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * One fast ingestion (ADR-50): messages are numbered in their reply subjects, and the server acknowledges every so many of them, as it
 * chooses. A link that is lost ends it.
 *
 * INVARIANTS
 * - The reader only knows [inbox]; all else belongs to the coroutine that publishes, but for [sent], which the one that
 *   keeps the ingestion alive reads under [sending].
 * - Under [sending] the number of a message is chosen and the message is published: messages and pings leave in the order of their numbers.
 * - No more is sent while two distances of acknowledgements are open.
 */
@OptIn(InternalNatsApi::class)
internal class IngestSession(private val publishing: Publishing, private val ackEvery: Int, private val timeout: Duration) {
    private val parser = PubAckParser()
    private val id = Names.random()
    private val inbox = IngestInbox()
    private val sending = Mutex()

    @Volatile
    private var begun: Begun? = null
    private var failure: IngestException? = null
    private var distance = 0L
    private var isCommitted = false
    private var end: PublishAck? = null

    @Volatile
    private var lastSent = TimeSource.Monotonic.markNow()

    var sent = 0L
        private set

    var acknowledged = 0L
        private set

    /** What is known from the first message on. */
    private class Begun(
        val first: Subject,
        val stream: PublishGuard.KnownStream,
        val seam: Seam,
        val replies: Subject,
        val subscription: InboxSubscription,
    )

    suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers) {
        val begun = begun ?: begin(subject)
        require(begun.stream.takes(subject)) { "'$subject' is no subject of the stream '${begun.stream.name}', which this goes to" }
        orEnd(begun) {
            takeArrived(begun)
            while (sent > 0 && acknowledged + distance * OPEN_DISTANCES <= sent) awaitArrival(begun)
            send(begun, subject, payload, headers, if (sent == 0L) START else APPEND)
            // The first answer says that the server knows what this is.
            if (sent == 1L) awaitArrival(begun)
        }
    }

    private suspend fun begin(subject: Subject): Begun {
        publishing.channel.levels.require(ServerFeature.FAST_INGEST)
        val stream = publishing.guard.allowing(Need.FAST_INGEST, subject)
        val seam = publishing.channel.nats.seam(subject)
        val replies = seam.newInbox()
        return Begun(subject, stream, seam, replies, seam.subscribe(Subject("$replies.>"), inbox)).also { begun = it }
    }

    /** Runs [fill], keeps the ingestion alive meanwhile, and ends it; returns what the server says of it. */
    suspend fun run(fill: suspend () -> Unit): PublishAck {
        try {
            coroutineScope {
                val pings = launch { keepAlive() }
                fill()
                pings.cancel()
            }
            val begun = checkNotNull(begun) { "nothing was published: there is nothing to acknowledge" }
            return orEnd(begun) { commit(begun) }
        } finally {
            begun?.subscription?.unsubscribe()
        }
    }

    private suspend fun commit(begun: Begun): PublishAck {
        takeArrived(begun)
        isCommitted = true
        sending.withLock { publish(begun, begun.first, EMPTY, Headers.Empty, sent + 1, COMMIT) }
        while (true) {
            val ack = end ?: awaitArrival(begun).let { end } ?: continue
            acknowledged = ack.batchCount
            if (ack.batchCount != sent) throw lostOnTheWay("the server has ${ack.batchCount} of $sent messages")
            return ack
        }
    }

    private suspend fun send(begun: Begun, subject: Subject, payload: ByteArray, headers: Headers, operation: Int) = sending.withLock {
        publish(begun, subject, payload, headers, sent + 1, operation)
        sent++
        lastSent = TimeSource.Monotonic.markNow()
    }

    private suspend fun publish(begun: Begun, subject: Subject, payload: ByteArray, headers: Headers, number: Long, operation: Int) {
        val replyTo = Subject("${begun.replies}.$id.$ackEvery.fail.$number.$operation.\$FI")
        begun.seam.connection.publish(subject, payload, headers, replyTo)
    }

    private suspend fun ping(begun: Begun) = sending.withLock {
        if (sent > 0) publish(begun, begun.first, EMPTY, Headers.Empty, sent, PING)
    }

    /** The server forgets an ingestion that is silent for 10 s. */
    private suspend fun keepAlive() {
        while (true) {
            delay(IDLE)
            val begun = begun ?: continue
            if (lastSent.elapsedNow() < IDLE) continue
            try {
                ping(begun)
            } catch (e: NatsException) {
                // Whoever publishes gets to know: the inbox has ended with the link.
                return log.debug("an ingestion cannot be kept alive", e)
            }
        }
    }

    private fun takeArrived(begun: Begun) {
        while (true) take(begun, inbox.poll() ?: return)
    }

    /** Waits for the next answer, and asks for it now and then: answers may get lost. */
    private suspend fun awaitArrival(begun: Begun) {
        repeat(ASKS) { round ->
            inbox.await(timeout / ASKS)?.let { return take(begun, it) }
            if (round < ASKS - 1 && !isCommitted) ping(begun)
        }
        throw JetStreamTimeoutException(begun.first.value, begun.stream.name, null, timeout, null)
    }

    private fun take(begun: Begun, reply: IngestInbox.Reply) {
        val subject = begun.first.value
        if (reply.status == NO_RESPONDERS && reply.message.payload.isEmpty()) throw NoStreamException(subject, attempts = 1)
        val json = ApiChannel.parse(subject, reply.message)
        when (json.text("type")) {
            "ack" -> {
                acknowledged = maxOf(acknowledged, json.number("seq"))
                distance = json.number("msgs").coerceAtLeast(1)
            }

            "gap" -> throw lostOnTheWay("after message ${json.number("last_seq")} came message ${json.number("seq")}")

            "err" -> throw ApiFailures.of(json.obj("error"), subject, ApiTarget(begun.stream.name))

            "" -> end = parser.parse(subject, reply.message).also { requireEnd(it) }

            else -> throw MalformedResponseException(subject, reply.message.text(), null)
        }
    }

    private fun requireEnd(ack: PublishAck) {
        if (ack.batchId == null) {
            val feature = ServerFeature.FAST_INGEST
            throw FeatureNotSupportedException(feature.title, feature.version, "the server has stored a message of it by itself: $ack")
        }
        if (!isCommitted) {
            acknowledged = ack.batchCount
            throw lostOnTheWay("the server has ended it with ${ack.batchCount} of $sent messages")
        }
    }

    private fun lostOnTheWay(what: String) = IngestException(acknowledged, sent, "messages were lost on the way: $what", null)

    /** Runs [block]; what ends it ends the ingestion, with what is known of it. */
    private suspend fun <T> orEnd(begun: Begun, block: suspend () -> T): T {
        failure?.let { throw it }
        try {
            return block()
        } catch (e: IngestException) {
            throw e.also { failure = it }
        } catch (e: NatsException) {
            val reason = "the ingestion into '${begun.stream.name}' has ended: ${e.message}"
            throw IngestException(acknowledged, sent, reason, e).also { failure = it }
        }
    }

    private companion object {
        const val START = 0
        const val APPEND = 1
        const val COMMIT = 3
        const val PING = 4

        /** How many acknowledgements may be open: enough for one to be on its way while the next messages are. */
        const val OPEN_DISTANCES = 2

        /** How often an answer is asked for within the timeout. */
        const val ASKS = 3
        const val NO_RESPONDERS = 503
        val IDLE = 3.seconds
        val EMPTY = ByteArray(0)
    }
}
