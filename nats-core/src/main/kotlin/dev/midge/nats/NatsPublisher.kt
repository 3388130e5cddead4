package dev.midge.nats

import kotlinx.io.Source
import java.nio.ByteBuffer

/**
 * Publishing.
 *
 * **Ordering**: messages of one coroutine (or thread) reach the server in the order of the calls. **Back-pressure**: `publish` suspends
 * while [BufferOptions.outbound] bytes wait for the socket. **Ownership**: payloads are copied before a call returns, so that the caller
 * may change or reuse them. **Cancellation**: a cancelled call has sent the whole message or nothing of it. Returning means that the
 * message is queued in order; [NatsOperations.flush] says that the server has it. All members may be called from any thread.
 *
 * Every function here
 * - connects first if the connection is [Idle][ConnectionState.Idle];
 * - checks before anything is sent, and throws [InvalidSubjectException] for a wildcard or malformed subject, [PayloadTooLargeException] if
 *   payload and headers exceed the server's `max_payload`, [HeadersNotSupportedException] if the server takes no headers;
 * - throws [ConnectFailedException] if no server lets the client in, and [ConnectionClosedException] after the end of the connection.
 */
public interface NatsPublisher {
    /** Sends [payload] with [headers] to [subject]; an answer is expected at [replyTo]. Makes no object for the message. */
    public suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers = Headers.Empty, replyTo: Subject? = null)

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

    /** Sends all bytes of [payload] up to its end. It is read to the end before anything is checked, and not closed. */
    public suspend fun publish(subject: Subject, payload: Source, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /** As the one with a [Subject], which saves checking and encoding it at every call. */
    public suspend fun publish(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Unit = publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: Source, headers: Headers = Headers.Empty, replyTo: String? = null): Unit =
        publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /**
     * Sends as [publish], but never suspends: returns `false`, having sent nothing, while the connection is not open or its outbound
     * buffer is full. Does not connect.
     */
    public fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers = Headers.Empty, replyTo: Subject? = null): Boolean
}
