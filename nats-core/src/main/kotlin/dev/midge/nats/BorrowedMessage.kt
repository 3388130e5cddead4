package dev.midge.nats

import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.HeaderBlock
import dev.midge.nats.internal.protocol.MessageFrame
import dev.midge.nats.internal.transport.sourceOf
import kotlinx.io.Source

/**
 * A message as it lies in the connection's read buffer, for a handler that runs on the reader: nothing is copied, and nothing allocated.
 *
 * It is valid until the handler returns, and in the handler's thread. One object serves all messages of a subscription: afterwards it is the
 * next message or none, and then its members throw [IllegalStateException]. Keep what [toMessage], [payload] or [text] return, never the
 * message itself.
 */
public class BorrowedMessage internal constructor(private val subscribed: Subject) {
    private var frame: MessageFrame? = null
    private var subjects: SubjectCache? = null

    /** The subject it was published to (never a wildcard). */
    @get:JvmName("subject")
    public val subject: String
        get() = checkNotNull(subjects, ::returned).subject(valid(), subscribed)

    /** Where an answer is expected, or `null`. The text is made at each call. */
    @get:JvmName("replyTo")
    public val replyTo: String?
        get() = valid().reply()?.decodeToString()

    /**
     * The headers, decoded at each call; [Headers.Empty] if there are none.
     *
     * @throws MalformedHeadersException as [NatsMessage.headers].
     */
    @get:JvmName("headers")
    public val headers: Headers
        get() = valid().copyOfHeaders()?.let { HeaderBlock.decode(it).headers } ?: Headers.Empty

    /** The read buffer, which holds the payload from [offset] on, [size] bytes, and what is none of the handler's around it. Never written to. */
    @DelicateNatsApi
    @get:JvmName("array")
    public val array: ByteArray
        get() = valid().payloadBytes

    /** Where in the [array] the payload begins. */
    @get:JvmName("offset")
    public val offset: Int
        get() = valid().payloadFrom

    /** How many bytes the payload has. */
    @get:JvmName("size")
    public val size: Int
        get() = valid().payloadSize

    /** A copy of the payload. */
    public fun payload(): ByteArray = valid().payloadBytes.copyOfRange(offset, offset + size)

    /** The payload as UTF-8 text; malformed sequences become U+FFFD. */
    public fun text(): String = valid().payloadBytes.decodeToString(offset, offset + size)

    /** The payload as a Source that reads the buffer itself, as long as the message is valid. A new one at each call. */
    @DelicateNatsApi
    @JvmSynthetic // Java has the array.
    public fun source(): Source = sourceOf(valid().payloadBytes, offset, offset + size)

    /** A copy, to be kept. */
    public fun toMessage(): NatsMessage = NatsMessage(subject, valid().reply(), payload(), valid().copyOfHeaders())

    internal fun lend(frame: MessageFrame, subjects: SubjectCache) {
        this.frame = frame
        this.subjects = subjects
    }

    internal fun takeBack() {
        frame = null
        subjects = null
    }

    private fun valid(): MessageFrame = checkNotNull(frame, ::returned)

    private fun returned() = "a borrowed message is valid in its handler only; keep a copy (toMessage)"

    override fun toString(): String =
        if (frame == null) "BorrowedMessage(returned)" else "BorrowedMessage(subject=$subject, payload=$size B)"
}
