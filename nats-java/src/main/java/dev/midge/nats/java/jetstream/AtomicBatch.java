package dev.midge.nats.java.jetstream;

import dev.midge.nats.java.Codec;
import dev.midge.nats.java.internal.Arguments;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.jetstream.BatchedValuesKt;
import dev.midge.nats.jetstream.PublishOptions;

/**
 * Collects the messages of a batch that a stream stores together or not at all: for {@link
 * JetStream#publishAtomically}. To be used by one thread at a time, and only until the function
 * that was given it returns.
 */
public final class AtomicBatch {
  private final dev.midge.nats.jetstream.AtomicBatch batch;

  AtomicBatch(dev.midge.nats.jetstream.AtomicBatch batch) {
    this.batch = batch;
  }

  /**
   * The number of messages so far.
   *
   * @return their number.
   */
  public int size() {
    return batch.size();
  }

  /**
   * Adds a message.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until the batch is published.
   * @throws IllegalArgumentException if a batch cannot have it: there are 1,000 already.
   */
  public void publish(CharSequence subject, byte[] payload) {
    publish(subject, payload, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until the batch is published.
   * @param options what the message tells its stream. What they say of waiting does not count here.
   * @throws IllegalArgumentException if a batch cannot have it: it expects a last message id, or it
   *     is not the first one and expects the stream's last sequence.
   */
  public void publish(CharSequence subject, byte[] payload, PublishOptions options) {
    batch.publish(Arguments.subject(subject), payload, options);
  }

  /**
   * Adds a value.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @throws dev.midge.nats.serialization.UnencodableValueException if the codec fails. Thrown on,
   *     nothing of the batch is sent.
   */
  public <T> void publish(CharSequence subject, T value, Codec<T> codec) {
    publish(subject, value, codec, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @param options what the message tells its stream. What they say of waiting does not count here.
   */
  public <T> void publish(CharSequence subject, T value, Codec<T> codec, PublishOptions options) {
    BatchedValuesKt.publish(
        batch, Arguments.subject(subject), value, PayloadCodecs.of(codec), options);
  }

  @Override
  public String toString() {
    return "AtomicBatch(size=" + size() + ")";
  }
}
