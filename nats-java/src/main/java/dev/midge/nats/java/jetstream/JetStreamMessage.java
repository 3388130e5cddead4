package dev.midge.nats.java.jetstream;

import dev.midge.nats.Headers;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.StreamCalls;
import dev.midge.nats.jetstream.JetStreamMessagesKt;
import dev.midge.nats.jetstream.MessageMetadata;
import dev.midge.nats.jetstream.ReadingValuesKt;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of a stream, as a consumer has delivered it.
 *
 * <p>One of {@link #ack}, {@link #ackConfirmed}, {@link #nak} and {@link #terminate} says what
 * became of it, once: the next one throws {@link
 * dev.midge.nats.jetstream.AlreadyAcknowledgedException} and sends nothing, whichever thread it
 * comes from. Those of an ordered consumer are not acknowledged: each of these throws {@link
 * dev.midge.nats.jetstream.NotAcknowledgedException}. All methods may be called from any thread.
 *
 * <p>Unless said otherwise they return when the frame is queued, in order with what the client
 * publishes. The server may still not get it, and delivers again then.
 */
public final class JetStreamMessage {
  private final dev.midge.nats.jetstream.JetStreamMessage message;

  JetStreamMessage(dev.midge.nats.jetstream.JetStreamMessage message) {
    this.message = message;
  }

  /**
   * The subject it was published to.
   *
   * @return the subject.
   */
  public String subject() {
    return message.subject();
  }

  /**
   * The bytes as they were published; empty if there are none. The message owns them.
   *
   * @return the bytes.
   */
  public byte[] payload() {
    return message.payload();
  }

  /**
   * The headers as they were published, and what the server has added.
   *
   * @return the headers.
   */
  public Headers headers() {
    return message.headers();
  }

  /**
   * The payload as UTF-8 text; malformed sequences become U+FFFD.
   *
   * @return the text.
   */
  public String text() {
    return message.text();
  }

  /**
   * The payload as a value, decoded at each call.
   *
   * <p>A message that does not decode has said nothing: acknowledge or terminate it. {@link
   * NatsConsumer#consume} terminates it if its handler throws the exception on.
   *
   * @param <T> the type of the value.
   * @param codec decodes it, whatever the message's {@code Content-Type} says.
   * @return the value.
   * @throws dev.midge.nats.serialization.UndecodableMessageException if the codec fails.
   */
  public <T> T value(Codec<T> codec) {
    return ReadingValuesKt.value(message, PayloadCodecs.of(codec));
  }

  /**
   * What stream and consumer know of it.
   *
   * @return both.
   * @throws dev.midge.nats.jetstream.MalformedResponseException if it did not come with that.
   */
  public MessageMetadata metadata() {
    return message.metadata();
  }

  /**
   * Whether it has been said what became of it.
   *
   * @return whether it has.
   */
  public boolean isAcknowledged() {
    return message.isAcknowledged();
  }

  /** It is handled. */
  public void ack() {
    BlockingCall.awaitInPlace(c -> message.ack(c));
  }

  /**
   * It is handled, and the server has recorded that.
   *
   * @throws dev.midge.nats.jetstream.JetStreamTimeoutException if the server did not answer in
   *     time: that says nothing. It may be called again.
   */
  public void ackConfirmed() {
    ackConfirmed(null);
  }

  /**
   * As the one without a timeout.
   *
   * @param timeout how long to wait; {@code null} takes the request timeout of the client.
   */
  public void ackConfirmed(@Nullable Duration timeout) {
    BlockingCall.await(c -> StreamCalls.ackConfirmed(message, timeout, c));
  }

  /**
   * They are handled, all of them: as {@link #ack} for each, but in one write, and they are on
   * their way together or not at all. Those of which something was said already are left out.
   *
   * @param messages the messages; those that came by several connections have one write each.
   * @throws dev.midge.nats.jetstream.NotAcknowledgedException if one of them takes no
   *     acknowledgement; nothing is sent.
   */
  public static void ackAll(Collection<JetStreamMessage> messages) {
    List<dev.midge.nats.jetstream.JetStreamMessage> all =
        messages.stream().map(message -> message.message).toList();
    BlockingCall.awaitInPlace(c -> JetStreamMessagesKt.ackAll(all, c));
  }

  /** It is not handled: the server delivers it again at once. */
  public void nak() {
    nak(Duration.ZERO);
  }

  /**
   * It is not handled: the server delivers it again later.
   *
   * @param delay how long the server waits.
   */
  public void nak(Duration delay) {
    BlockingCall.awaitInPlace(c -> StreamCalls.nak(message, delay, c));
  }

  /**
   * It is being handled: the time in which the consumer waits for its acknowledgement begins anew.
   * May be called again and again.
   */
  public void inProgress() {
    BlockingCall.awaitInPlace(c -> message.inProgress(c));
  }

  /** It will never be handled: the server does not deliver it again. */
  public void terminate() {
    BlockingCall.awaitInPlace(c -> message.terminate(null, c));
  }

  /**
   * As the one without a reason.
   *
   * @param reason what the server's advisory is to say; left out for servers before 2.10.4.
   */
  public void terminate(String reason) {
    BlockingCall.awaitInPlace(c -> message.terminate(reason, c));
  }

  @Override
  public String toString() {
    return message.toString();
  }
}
