package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Subject

/**
 * Collects the messages of a batch that a stream stores together or not at all: for [JetStream.publishAtomically]. Arrays are not copied:
 * leave them alone until that has returned. Not safe to share between threads.
 */
@NatsOptionsDsl
public class AtomicBatch internal constructor(
    /** Whose codecs values are encoded by. */
    @PublishedApi @get:JvmSynthetic internal val nats: NatsOperations,
) {
    /** @property headers those of [options], and what its codec adds. */
    internal class Entry(val subject: Subject, val payload: ByteArray, val options: PublishOptions, val headers: Headers)

    internal val entries = ArrayList<Entry>()

    /** The number of messages so far. */
    @get:JvmName("size")
    public val size: Int
        get() = entries.size

    /**
     * Adds a message. What its [options] say of waiting does not count here.
     *
     * @throws IllegalArgumentException if a batch cannot have it: there are 1,000 already, it expects a last message id, or it is not the
     *   first one and expects the stream's last sequence.
     */
    @JvmOverloads
    public fun publish(subject: Subject, payload: ByteArray, options: PublishOptions = PublishOptions.Default): Unit =
        add(subject, payload, options, options.wire)

    internal fun add(subject: Subject, payload: ByteArray, options: PublishOptions, headers: Headers) {
        require(entries.size < MOST_MESSAGES) { "a batch has $MOST_MESSAGES messages at most" }
        require(!subject.isWildcard) { "'$subject' holds a wildcard: one cannot publish to it" }
        require(options.expectLastMessageId == null) {
            "a message of a batch cannot expect a last message id ('${options.expectLastMessageId}')"
        }
        require(options.expectLastSequence == null || entries.isEmpty()) {
            "only the first message of a batch can expect the stream's last sequence (${options.expectLastSequence})"
        }
        entries += Entry(subject, payload, options, headers)
    }

    /** As the one with a [Subject]. */
    @JvmOverloads
    public fun publish(subject: String, payload: ByteArray, options: PublishOptions = PublishOptions.Default): Unit =
        publish(Subject(subject), payload, options)

    /** Adds a message with options of its own. */
    @JvmSynthetic
    public fun publish(subject: Subject, payload: ByteArray, configure: PublishOptions.Builder.() -> Unit): Unit =
        publish(subject, payload, PublishOptions(configure))

    /** Adds a message with options of its own. */
    @JvmSynthetic
    public fun publish(subject: String, payload: ByteArray, configure: PublishOptions.Builder.() -> Unit): Unit =
        publish(Subject(subject), payload, PublishOptions(configure))

    private companion object {
        /** Servers refuse more. */
        const val MOST_MESSAGES = 1000
    }
}
