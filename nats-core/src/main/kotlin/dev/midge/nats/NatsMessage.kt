package dev.midge.nats

import dev.midge.nats.internal.protocol.HeaderBlock
import dev.midge.nats.internal.transport.sourceOf
import dev.midge.nats.internal.values.Parts
import kotlinx.io.Source

/**
 * A message as a subscription or a request received it.
 *
 * The message owns its [payload]: nobody else reads or writes that array. Safe to share between threads as long as they only read it.
 *
 * @property payload the bytes as they were published; empty if there are none.
 */
public class NatsMessage private constructor(
    private val subjectText: Any,
    @get:JvmName("payload") public val payload: ByteArray,
    /** What most messages do not have, so that those take 24 B without their payload: the reply subject as it came, or [Extras]. */
    private val extras: Any?,
) {
    /** With the reply subject and the header block as they came. */
    internal constructor(subjectText: Any, replyWire: ByteArray?, payload: ByteArray, headerBlock: ByteArray?) :
        this(subjectText, payload, if (headerBlock == null) replyWire else Extras(replyWire, headerBlock))

    private val headerBlock: ByteArray?
        get() = (extras as? Extras)?.headerBlock

    internal val replyWire: ByteArray?
        get() = if (extras is Extras) extras.replyWire else extras as ByteArray?

    /** Where an answer is expected, or `null`. The text is made at each call. */
    @get:JvmName("replyTo")
    public val replyTo: String?
        get() = replyWire?.decodeToString()

    /** The same as a subject. */
    internal val replySubject: Subject?
        get() = replyWire?.let(Subject::received)

    /** The subject it was published to (never a wildcard). */
    @get:JvmName("subject")
    public val subject: String
        // Of a reply it is made when it is asked for, which is hardly ever.
        get() = subjectText.toString()

    /**
     * A message as a test would make one; the client itself never calls this.
     *
     * @throws InvalidSubjectException if [subject] is not a subject.
     */
    @JvmOverloads
    public constructor(subject: String, payload: ByteArray, headers: Headers = Headers.Empty, replyTo: String? = null) : this(
        Subject(subject).value,
        replyTo?.encodeToByteArray(),
        payload,
        if (headers.isEmpty()) null else HeaderBlock.encode(headers.entries),
    )

    /**
     * The headers, decoded when first asked for; [Headers.Empty] if there are none.
     *
     * @throws MalformedHeadersException if the publisher sent a header block that does not follow ADR-4. The server passes such blocks on
     * unchecked; the error concerns this message alone.
     */
    @get:JvmName("headers")
    public val headers: Headers
        get() = block()?.headers ?: Headers.Empty

    /**
     * The inline status of a message that a server made itself (503 no responders, 404, 408 and the like), or `null`.
     *
     * @throws MalformedHeadersException as [headers].
     */
    @get:JvmName("status")
    public val status: NatsStatus?
        get() = block()?.status

    /** Payload and header bytes, the measure of every limit. */
    internal val size: Int
        get() = payload.size + if (extras == null) 0 else headerBlock?.size ?: 0

    internal val hasHeaders: Boolean
        get() = extras is Extras

    /** The status code without decoding the headers, or 0. */
    internal val statusCode: Int
        get() = headerBlock?.let(HeaderBlock::statusCode) ?: 0

    /** The payload as UTF-8 text; malformed sequences become U+FFFD. */
    public fun text(): String = payload.decodeToString()

    /** The payload as a Source, a new one at each call. It reads the array itself: nothing is copied. */
    @JvmSynthetic // Java has the payload.
    public fun source(): Source = sourceOf(payload)

    override fun toString(): String =
        "NatsMessage(subject=$subject, replyTo=$replyTo, payload=${payload.size} B, headers=${headerBlock?.size ?: 0} B)"

    private fun block(): HeaderBlock? = (extras as? Extras)?.block()

    /** What a message with headers has beside its payload. */
    private class Extras(val replyWire: ByteArray?, val headerBlock: ByteArray) {
        private var decoded: HeaderBlock? = null

        /** Decoding twice in a race of two threads is harmless: both results are equal and immutable. */
        fun block(): HeaderBlock = decoded ?: HeaderBlock.decode(headerBlock).also { decoded = it }
    }
}

/**
 * The status line of a message made by a server, such as `503 No Responders` (ADR-4).
 *
 * @property code three digits.
 * @property description what the server added, or an empty string.
 */
public class NatsStatus internal constructor(
    @get:JvmName("code") public val code: Int,
    @get:JvmName("description") public val description: String,
) {
    private val parts: Parts
        get() = Parts("NatsStatus", "code" to code, "description" to description)

    override fun equals(other: Any?): Boolean = other is NatsStatus && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    internal companion object {
        const val NO_RESPONDERS: Int = 503
    }
}
