package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subject;
import static dev.midge.nats.java.internal.Arguments.subjectOrNull;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.PublishBatch;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one {@code publishBatch}, in order. Checks and ownership are those of
 * {@code publish}: payloads are copied.
 *
 * <p>Valid within the function that it was given to, by one thread at a time.
 */
public final class MessageBatch {
  private final PublishBatch batch;

  MessageBatch(PublishBatch batch) {
    this.batch = batch;
  }

  /** What the core fills a batch by. */
  static Function1<PublishBatch, Unit> filledBy(Consumer<MessageBatch> fill) {
    return batch -> {
      fill.accept(new MessageBatch(batch));
      return Unit.INSTANCE;
    };
  }

  /**
   * Adds a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  public void publish(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    batch.publish(subject(subject), payload, headers, subjectOrNull(replyTo));
  }

  /** Adds a message without headers that expects no answer. */
  public void publish(CharSequence subject, byte[] payload) {
    publish(subject, payload, Headers.Empty, null);
  }

  /** Adds a message of {@code text} as UTF-8. */
  public void publish(CharSequence subject, String text) {
    publish(subject, text.getBytes(UTF_8));
  }

  /**
   * Adds a message of a part of an array.
   *
   * @param subject where it goes.
   * @param payload the array.
   * @param offset where the part begins.
   * @param length its length in bytes.
   * @throws IndexOutOfBoundsException if the part is not within the array.
   */
  public void publish(CharSequence subject, byte[] payload, int offset, int length) {
    batch.publish(subject(subject), payload, offset, length, Headers.Empty, null);
  }

  /** Adds a message of the bytes between the buffer's position and limit; both stay as they are. */
  public void publish(CharSequence subject, ByteBuffer payload) {
    batch.publish(subject(subject), payload, Headers.Empty, null);
  }

  /** Adds {@code message}. */
  public void publish(OutgoingMessage message) {
    batch.publish(message);
  }

  /**
   * Adds a value. One that does not encode throws, and nothing of the batch is sent.
   *
   * @param <T> its type.
   * @param subject where it goes, and how it is encoded.
   * @param value the value.
   */
  public <T> void publish(TypedSubject<T> subject, T value) {
    subject.addTo(batch, value);
  }
}
