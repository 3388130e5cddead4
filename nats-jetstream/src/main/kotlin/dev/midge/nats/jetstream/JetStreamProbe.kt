package dev.midge.nats.jetstream

import dev.midge.nats.InternalNatsApi

/**
 * Is told what who wraps the handles cannot see, for metrics and traces. Set by [JetStreamOptions.Builder.probe]; without one nothing is
 * measured.
 *
 * Called by publishers, collectors, workers and the threads that complete acknowledgements, several at a time, and never by a reader. The
 * functions return at once and throw nothing.
 */
@InternalNatsApi
public interface JetStreamProbe {
    /**
     * A message to [subject] is stored, as [ack] says, or its publish has failed with [failure], cancellation included: one of them is
     * `null`. Of [JetStream.publish], [JetStream.publishAsync] and [JetStream.publishAll], once a message, however often it was sent.
     *
     * @param nanos since it was given to JetStream, with the wait for its place in the window unless it is of [JetStream.publishAll].
     */
    public fun onPublished(subject: String, nanos: Long, ack: PublishAck?, failure: Throwable?) {}

    /** [message] is about to be handed over. [MessageMetadata.delivered] of its metadata says how often it was delivered. */
    public fun onDelivered(message: JetStreamMessage) {}

    /** A handler of [NatsConsumer.consume] has returned after [nanos], or has thrown [failure]; it is told before the message is settled. */
    public fun onHandled(message: JetStreamMessage, nanos: Long, failure: Throwable?) {}
}
