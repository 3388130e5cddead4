package dev.midge.nats

import dev.midge.nats.internal.client.FlowBatches
import kotlinx.coroutines.flow.Flow
import kotlinx.io.Buffer
import kotlinx.io.Source
import java.nio.ByteBuffer

/**
 * Publishing.
 *
 * Three modes, which differ in what a call waits for:
 *
 * | mode | returns | suspends | for |
 * |---|---|---|---|
 * | `publish` | when the message is queued, in order | while [BufferOptions.outbound] bytes wait for the socket | nearly everything |
 * | `tryPublish` | at once, and says whether the message was queued | never | code that must not wait, such as inline handlers |
 * | `publishWritten` | when all bytes of the message were handed to the socket | until then, also while reconnecting | knowing that it left |
 *
 * None of them says that the server has the message: [NatsOperations.flush] does. `publishBatch` and `publishAll` queue many messages at
 * once.
 *
 * **Ordering**: messages of one coroutine (or thread) reach the server in the order of the calls. **Ownership**: payloads are copied before
 * a call returns, so that the caller may change or reuse them. **Cancellation**: a cancelled call has sent the whole message or nothing of
 * it. All members may be called from any thread.
 *
 * Every function here
 * - connects first if the connection is [Idle][ConnectionState.Idle], but for `tryPublish`;
 * - checks before anything is sent, and throws [InvalidSubjectException] for a wildcard or malformed subject, [PayloadTooLargeException] if
 *   payload and headers exceed the server's `max_payload`, [HeadersNotSupportedException] if the server takes no headers;
 * - throws [ConnectFailedException] if no server lets the client in, [NotConnectedException] if the connection is lost and
 *   [ReconnectOptions.whileDisconnected] lets it wait no longer, and [ConnectionClosedException] after the end of the connection.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface NatsPublisher {
    /** Sends [payload] with [headers] to [subject]; an answer is expected at [replyTo]. Makes no object for the message. */
    public suspend fun publish(
        subject: Subject,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    )

    /**
     * Sends [length] bytes of [payload] from [offset] on.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array.
     */
    public suspend fun publish(
        subject: Subject,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    )

    /** Sends the bytes between the buffer's position and limit; both stay as they are. */
    public suspend fun publish(subject: Subject, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /**
     * Sends all bytes of [payload] up to its end, and does not close it.
     *
     * A [Buffer] is what costs least: its bytes are copied once, into what the socket is given. It is left as it was if the call fails. Any
     * other source is read to its end before anything is checked.
     */
    public suspend fun publish(subject: Subject, payload: Source, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /** As the one with a [Subject], which saves checking and encoding it at every call. */
    public suspend fun publish(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Unit = publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publish(
        subject: String,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Unit = publish(Subject(subject), payload, offset, length, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: Source, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** Sends [message]. */
    public suspend fun publish(message: OutgoingMessage): Unit = publish(message.subject, message.payload, message.headers, message.replyTo)

    /** Sends [text] as UTF-8. */
    public suspend fun publishText(subject: Subject, text: String, headers: Headers = Headers.Empty, replyTo: Subject? = null): Unit =
        publish(subject, text.encodeToByteArray(), headers, replyTo)

    /** As the one with a [Subject]. */
    public suspend fun publishText(subject: String, text: String, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publishText(Subject(subject), text, headers, replyTo?.let(::Subject))

    /**
     * Answers [message]: publishes [payload] to the subject where its sender expects an answer.
     *
     * @throws IllegalArgumentException if the sender expects none ([NatsMessage.replyTo] is `null`).
     */
    public suspend fun reply(message: NatsMessage, payload: ByteArray = ByteArray(0), headers: Headers = Headers.Empty): Unit =
        publish(requireNotNull(message.replySubject) { "the message to '${message.subject}' asks for no reply" }, payload, headers)

    /**
     * Sends as [publish], but never suspends: returns `false`, having sent nothing, while the connection is not open or its outbound
     * buffer is full. Does not connect.
     */
    public fun tryPublish(
        subject: Subject,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    ): Boolean

    /**
     * As the one with a whole array, for [length] bytes of [payload] from [offset] on.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array.
     */
    public fun tryPublish(
        subject: Subject,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    ): Boolean

    /** As the one with a [ByteArray], for the bytes between the buffer's position and limit; both stay as they are. */
    public fun tryPublish(subject: Subject, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: Subject? = null): Boolean

    /** As the one with a [ByteArray]. Empties [payload] if it returns `true`, and leaves it as it was otherwise. */
    public fun tryPublish(subject: Subject, payload: Buffer, headers: Headers = Headers.Empty, replyTo: Subject? = null): Boolean

    /** As the one with a [Subject], which saves checking and encoding it at every call. */
    public fun tryPublish(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Boolean = tryPublish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public fun tryPublish(
        subject: String,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Boolean = tryPublish(Subject(subject), payload, offset, length, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public fun tryPublish(subject: String, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: String? = null): Boolean =
        tryPublish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public fun tryPublish(subject: String, payload: Buffer, headers: Headers = Headers.Empty, replyTo: String? = null): Boolean =
        tryPublish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /**
     * Sends as [publish], and returns when the last byte of the message was handed to the operating system's socket, whatever had to be
     * written before it. With TLS that is when it was encrypted and handed over.
     *
     * If the connection is lost before, the message goes to the next server, and the call returns then. It cannot be taken back: when a call
     * is cancelled while it waits for the socket, the message is sent all the same.
     *
     * @throws ConnectionClosedException also if the connection ended before the message was written.
     */
    public suspend fun publishWritten(
        subject: Subject,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    )

    /** As the one with a [ByteArray]; [payload] is read as by [publish]. */
    public suspend fun publishWritten(subject: Subject, payload: Source, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /** As the one with a [Subject], which saves checking and encoding it at every call. */
    public suspend fun publishWritten(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Unit = publishWritten(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publishWritten(subject: String, payload: Source, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publishWritten(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /**
     * Sends the messages that [fill] publishes to its receiver, together: they are queued at once, one behind the other, with no message of
     * anybody else between them. If [fill] throws, or one of them is too large for the server, none is sent.
     *
     * ```
     * nats.publishBatch {
     *     for (order in orders) publish(subject, order.toBytes())
     * }
     * ```
     *
     * They are held in memory until they are queued, so that a batch should stay well below [BufferOptions.outbound]; one that is larger
     * waits until half of the buffer is free. A connection that breaks while they are written may tear them apart, but loses none that it had
     * not begun to write. Once queued each stands for itself: if the next server takes less, those that are too large for it are taken out
     * alone ([NatsEvent.MessageDiscarded]).
     */
    public suspend fun publishBatch(fill: PublishBatch.() -> Unit)

    /** Sends [messages] as one [publishBatch]. */
    public suspend fun publishAll(messages: Iterable<OutgoingMessage>): Unit = publishBatch { for (message in messages) publish(message) }

    /**
     * Collects [messages] and sends them in order, as a [publishBatch] of whatever is ready each time; returns when the last one is queued.
     *
     * The Flow is collected ahead of sending, by a bounded number of messages. What it throws is thrown here, after what came before was sent.
     */
    public suspend fun publishAll(messages: Flow<OutgoingMessage>): Unit = FlowBatches.publish(messages, this)
}
