package dev.midge.nats

import kotlinx.io.Source
import java.nio.ByteBuffer

/**
 * Takes the messages of one [NatsPublisher.publishBatch], in order. Checks and ownership are those of [NatsPublisher.publish].
 *
 * Valid within the block of that call, by one thread at a time.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface PublishBatch {
    /** Adds [payload] with [headers] to [subject]; an answer is expected at [replyTo]. */
    public fun publish(subject: Subject, payload: ByteArray, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /**
     * Adds [length] bytes of [payload] from [offset] on.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array.
     */
    public fun publish(
        subject: Subject,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers = Headers.Empty,
        replyTo: Subject? = null,
    )

    /** Adds the bytes between the buffer's position and limit; both stay as they are. */
    public fun publish(subject: Subject, payload: ByteBuffer, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /** Adds all bytes of [payload], which is read to its end and not closed. */
    public fun publish(subject: Subject, payload: Source, headers: Headers = Headers.Empty, replyTo: Subject? = null)

    /** As the one with a [Subject], which saves checking and encoding it at every call. */
    public fun publish(
        subject: String,
        payload: ByteArray = ByteArray(0),
        headers: Headers = Headers.Empty,
        replyTo: String? = null,
    ): Unit = publish(Subject(subject), payload, headers, replyTo?.let(::Subject))

    /** Adds [message]. */
    public fun publish(message: OutgoingMessage): Unit = publish(message.subject, message.payload, message.headers, message.replyTo)
}
