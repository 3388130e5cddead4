package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishing, by calls that return futures; {@link NatsAsyncOperations} says what holds for all of
 * them, and {@link NatsPublishing} what holds for each.
 */
public interface NatsAsyncPublishing {
  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes; copied, at the latest when the future completes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when the message is queued.
   */
  CompletableFuture<@Nullable Void> publish(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends the bytes between the buffer's position and limit.
   *
   * @param subject where it goes.
   * @param payload its bytes; copied, at the latest when the future completes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when the message is queued.
   */
  CompletableFuture<@Nullable Void> publish(
      Subject subject, ByteBuffer payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends a part of an array.
   *
   * @param subject where it goes.
   * @param payload the array; copied, at the latest when the future completes.
   * @param offset where the part begins.
   * @param length its length in bytes.
   * @return completes when the message is queued.
   */
  CompletableFuture<@Nullable Void> publish(
      Subject subject, byte[] payload, int offset, int length);

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes; copied, at the latest when the future completes.
   * @return completes when the message is queued.
   */
  default CompletableFuture<@Nullable Void> publish(Subject subject, byte[] payload) {
    return publish(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes; copied, at the latest when the future completes.
   * @return completes when the message is queued.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<@Nullable Void> publish(String subject, byte[] payload) {
    return publish(new Subject(subject), payload);
  }

  /**
   * Sends the bytes between the buffer's position and limit.
   *
   * @param subject where it goes.
   * @param payload its bytes; copied, at the latest when the future completes.
   * @return completes when the message is queued.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<@Nullable Void> publish(String subject, ByteBuffer payload) {
    return publish(new Subject(subject), payload, Headers.Empty, null);
  }

  /**
   * Sends a message.
   *
   * @param message the message.
   * @return completes when the message is queued.
   */
  default CompletableFuture<@Nullable Void> publish(OutgoingMessage message) {
    return publish(
        message.getSubject(), message.getPayload(), message.getHeaders(), message.getReplyTo());
  }

  /**
   * Sends as {@code publish} does, but never waits. Does not connect.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return whether it was queued; {@code false} while the connection is not open or its outbound
   *     buffer is full.
   */
  boolean tryPublish(Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends as {@code publish} does, but never waits. Does not connect.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return whether it was queued.
   */
  default boolean tryPublish(Subject subject, byte[] payload) {
    return tryPublish(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends as {@code publish} does, but never waits. Does not connect.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return whether it was queued.
   */
  default boolean tryPublish(String subject, byte[] payload) {
    return tryPublish(new Subject(subject), payload);
  }

  /**
   * Sends as {@code publish} does.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when the last byte of the message was handed to the operating system's
   *     socket.
   */
  CompletableFuture<@Nullable Void> publishWritten(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends as {@code publish} does.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return completes when the last byte of the message was handed to the operating system's
   *     socket.
   */
  default CompletableFuture<@Nullable Void> publishWritten(Subject subject, byte[] payload) {
    return publishWritten(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends as {@code publish} does.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return completes when the last byte of the message was handed to the operating system's
   *     socket.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<@Nullable Void> publishWritten(String subject, byte[] payload) {
    return publishWritten(new Subject(subject), payload);
  }

  /**
   * Sends the messages that {@code fill} adds, together; see {@link NatsPublishing#publishBatch}.
   *
   * @param fill adds the messages, before this returns.
   * @return completes when they are queued.
   */
  CompletableFuture<@Nullable Void> publishBatch(Consumer<MessageBatch> fill);

  /**
   * Sends the messages as one batch.
   *
   * @param messages what to send, in order.
   * @return completes when they are queued.
   */
  default CompletableFuture<@Nullable Void> publishAll(Iterable<OutgoingMessage> messages) {
    return publishBatch(batch -> messages.forEach(batch::publish));
  }

  /**
   * Subscribes to {@code messages} and sends them in order; see {@link
   * NatsPublishing#publishAll(Flow.Publisher)}.
   *
   * @param messages what to send.
   * @return completes when the last one is queued. Cancelling it cancels the publisher's
   *     subscription.
   */
  CompletableFuture<@Nullable Void> publishAll(Flow.Publisher<OutgoingMessage> messages);
}
