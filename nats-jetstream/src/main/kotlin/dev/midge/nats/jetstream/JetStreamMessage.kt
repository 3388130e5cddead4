package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Seam
import dev.midge.nats.isAtLeast
import dev.midge.nats.jetstream.internal.consume.AckBody
import dev.midge.nats.jetstream.internal.consume.AckSubject
import dev.midge.nats.replyAddress
import dev.midge.nats.replyBytes
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater
import kotlin.time.Duration

/**
 * A message of a stream, as a consumer has delivered it.
 *
 * One of [ack], [ackConfirmed], [nak] and [terminate] says what became of it, once: the next one throws [AlreadyAcknowledgedException] and
 * sends nothing, whichever thread it comes from. One that fails or is cancelled before it was sent has said nothing. All members may be
 * called from any thread. Those of an ordered consumer are not acknowledged: each of these throws [NotAcknowledgedException].
 *
 * Unless said otherwise they return when the frame is queued, in order with what the client publishes, and throw as publishing does: the
 * server may still not get it, and delivers again then. For many at once there is [ackAll].
 */
@OptIn(InternalNatsApi::class)
public class JetStreamMessage internal constructor(
    internal val seam: Seam,
    internal val raw: NatsMessage,
    /** Whose codecs it is decoded by. */
    @PublishedApi @get:JvmSynthetic internal val nats: NatsOperations,
    private val takesAcks: Boolean = true,
) {
    @Volatile
    private var settled = OPEN

    /** After how long the server delivers it again, if it was told so. */
    @Volatile
    internal var nakDelay: Duration? = null
        private set

    @Volatile
    private var parsed: MessageMetadata? = null

    /** The subject it was published to. */
    @get:JvmName("subject")
    public val subject: String
        get() = raw.subject

    /** The bytes as they were published; empty if there are none. The message owns them. */
    @get:JvmName("payload")
    public val payload: ByteArray
        get() = raw.payload

    /** The headers as they were published, and what the server has added. */
    @get:JvmName("headers")
    public val headers: Headers
        get() = raw.headers

    /**
     * What stream and consumer know of it, read when it is first asked for.
     *
     * @throws MalformedResponseException if it did not come with that.
     */
    @get:JvmName("metadata")
    public val metadata: MessageMetadata
        get() = parsed ?: parse().also { parsed = it }

    /** The payload as UTF-8 text; malformed sequences become U+FFFD. */
    public fun text(): String = raw.text()

    /** Whether it has been said what became of it. */
    @get:JvmName("isAcknowledged")
    public val isAcknowledged: Boolean
        get() = settled != OPEN

    /** It is handled. Returns when that is queued; see [ackConfirmed] for a server that has taken note of it. */
    public suspend fun ack(): Unit = settle(AckBody.ACK)

    /**
     * It is handled, and the server has recorded that.
     *
     * @param timeout how long to wait for that; `null` takes [dev.midge.nats.TimeoutOptions.request].
     * @throws JetStreamTimeoutException if the server did not answer in time: that says nothing. It may be called again.
     * @throws NotAcknowledgedException if nobody takes it. Servers before 2.10 are silent then.
     */
    public suspend fun ackConfirmed(timeout: Duration? = null) {
        claim()
        var isDone = false
        try {
            val to = raw.replyAddress ?: throw NotAcknowledgedException(subject)
            seam.connection.request(to, AckBody.ACK, Headers.Empty, timeout)
            isDone = true
        } catch (e: NoRespondersException) {
            throw NotAcknowledgedException(subject, e)
        } catch (e: RequestTimeoutException) {
            val known = runCatching { metadata }.getOrNull()
            throw JetStreamTimeoutException(e.subject, known?.stream, known?.consumer, e.timeout, e)
        } finally {
            if (!isDone) reopen()
        }
    }

    /** It is not handled: the server delivers it again, after [delay]. */
    public suspend fun nak(delay: Duration = Duration.ZERO) {
        require(!delay.isNegative()) { "delay is $delay; it cannot be negative" }
        settle(AckBody.nak(delay))
        nakDelay = delay
    }

    /** It is being handled: the time in which the consumer waits for its acknowledgement begins anew. May be called again and again. */
    public suspend fun inProgress() {
        if (!takesAcks) throw NotAcknowledgedException(subject)
        if (settled != OPEN) throw AlreadyAcknowledgedException(subject)
        send(AckBody.IN_PROGRESS)
    }

    /**
     * It will never be handled: the server does not deliver it again, and says so in an advisory.
     *
     * @param reason what the advisory is to say; left out for servers before 2.10.4, which would not understand.
     */
    public suspend fun terminate(reason: String? = null) {
        val takesReason = seam.server?.isAtLeast(2, 10, 4) == true
        settle(AckBody.terminate(reason.takeIf { takesReason }))
    }

    /** As [nak] if nothing has been said yet and there is room for it; never waits. */
    internal fun tryNak(): Boolean {
        val to = raw.replyBytes ?: return false
        if (!tryClaim()) return false
        var isSent = false
        try {
            isSent = seam.tryReply(to, AckBody.NAK)
        } finally {
            if (!isSent) reopen()
        }
        return isSent
    }

    /** Whether it can be acknowledged at all. */
    internal val isAcknowledgeable: Boolean
        get() = takesAcks && raw.replyBytes != null

    /** Whether the caller is the one to say what became of it; if it cannot, it calls [reopen]. */
    internal fun tryClaim(): Boolean = SETTLED.compareAndSet(this, OPEN, DONE)

    internal fun reopen() {
        settled = OPEN
    }

    private suspend fun settle(body: ByteArray) {
        claim()
        var isSent = false
        try {
            send(body)
            isSent = true
        } finally {
            if (!isSent) reopen()
        }
    }

    private fun claim() {
        if (!takesAcks) throw NotAcknowledgedException(subject)
        if (!tryClaim()) throw AlreadyAcknowledgedException(subject)
    }

    private suspend fun send(body: ByteArray) {
        val to = raw.replyBytes ?: throw NotAcknowledgedException(subject)
        if (!seam.tryReply(to, body)) seam.reply(to, body)
    }

    private fun parse(): MessageMetadata = raw.replyBytes?.let(AckSubject::parse)
        ?: throw MalformedResponseException(subject, raw.replyTo ?: "no subject for acknowledgements", null)

    override fun toString(): String = "JetStreamMessage(subject=$subject, payload=${payload.size} B, ${raw.replyTo})"

    private companion object {
        const val OPEN = 0
        const val DONE = 1
        val SETTLED: AtomicIntegerFieldUpdater<JetStreamMessage> =
            AtomicIntegerFieldUpdater.newUpdater(JetStreamMessage::class.java, "settled")
    }
}
