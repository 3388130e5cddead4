package dev.midge.nats.java.jetstream;

import dev.midge.nats.Headers;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.internal.Arguments;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.jetstream.BatchedValuesKt;
import dev.midge.nats.serialization.PayloadCodec;

/**
 * Publishes the messages of one {@link JetStream#ingest}. To be used by one thread at a time, and
 * only until the function that was given it returns.
 */
public final class Ingest {
  private final dev.midge.nats.jetstream.Ingest ingest;

  Ingest(dev.midge.nats.jetstream.Ingest ingest) {
    this.ingest = ingest;
  }

  /**
   * How many messages were sent until now.
   *
   * @return their number.
   */
  public long sent() {
    return ingest.sent();
  }

  /**
   * How many of them, from the first one on, are known to be stored.
   *
   * @return their number.
   */
  public long acknowledged() {
    return ingest.acknowledged();
  }

  /**
   * Sends a message, to a subject of the same stream as that of the first one. Blocks while the
   * server has enough to do with what was sent.
   *
   * @param subject where it goes.
   * @param payload its bytes; they are copied before this returns.
   * @throws dev.midge.nats.jetstream.IngestException if the ingestion has ended; which message it
   *     was is not said here.
   * @throws IllegalArgumentException if the stream does not take the subject.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old;
   *     nothing is sent.
   * @throws dev.midge.nats.jetstream.FeatureNotEnabledException if the stream does not allow it;
   *     nothing is sent.
   */
  public void publish(CharSequence subject, byte[] payload) {
    publish(subject, payload, Headers.Empty);
  }

  /**
   * As the one without headers.
   *
   * @param subject where it goes.
   * @param payload its bytes; they are copied before this returns.
   * @param headers its headers.
   */
  public void publish(CharSequence subject, byte[] payload, Headers headers) {
    Subject to = Arguments.subject(subject);
    BlockingCall.await(c -> ingest.publish(to, payload, headers, c));
  }

  /**
   * Sends a value, as the bytes that it is encoded to.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it.
   * @throws dev.midge.nats.serialization.UnencodableValueException if the codec fails; the value is
   *     not sent.
   */
  public <T> void publish(CharSequence subject, T value, Codec<T> codec) {
    publish(subject, value, codec, Headers.Empty);
  }

  /**
   * As the one without headers.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it.
   * @param headers its headers.
   */
  public <T> void publish(CharSequence subject, T value, Codec<T> codec, Headers headers) {
    Subject to = Arguments.subject(subject);
    PayloadCodec<T> by = PayloadCodecs.of(codec);
    BlockingCall.await(c -> BatchedValuesKt.publish(ingest, to, value, by, headers, c));
  }

  @Override
  public String toString() {
    return "Ingest(sent=" + sent() + ", acknowledged=" + acknowledged() + ")";
  }
}
