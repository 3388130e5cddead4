package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subject;
import static dev.midge.nats.java.internal.Arguments.subjectOrNull;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Replying;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishing, by calls that block.
 *
 * <p>Three modes, which differ in what a call waits for:
 *
 * <table>
 *   <caption>The modes</caption>
 *   <tr><th>mode</th><th>returns</th><th>waits</th></tr>
 *   <tr><td>{@code publish}</td><td>when the message is queued, in order</td><td>while the outbound buffer is full</td></tr>
 *   <tr><td>{@code tryPublish}</td><td>at once, and says whether it was queued</td><td>never</td></tr>
 *   <tr><td>{@code publishWritten}</td><td>when the socket has all its bytes</td><td>until then, also while reconnecting</td></tr>
 * </table>
 *
 * <p>None of them says that the server has the message: {@link NatsOperations#flush()} does.
 *
 * <p><b>Subjects</b> are texts. A {@link Subject} is one that was checked and encoded once: keep it
 * for what you publish to often.
 *
 * <p><b>Ordering</b>: messages of one thread reach the server in the order of its calls.
 * <b>Ownership</b>: payloads are copied before a call returns. <b>Interruption</b>: a call that was
 * interrupted while it waited has sent the whole message or nothing of it, and throws {@link
 * CallInterruptedException}; one that need not wait takes no notice. All members may be called from
 * any thread, virtual ones included.
 *
 * <p>Everything here connects first if need be, but for {@code tryPublish}; checks before anything
 * is sent ({@code InvalidSubjectException}, {@code PayloadTooLargeException}, {@code
 * HeadersNotSupportedException}); and throws {@code ConnectFailedException} if no server lets the
 * client in, {@code ConnectionClosedException} after the end of the connection.
 */
public sealed interface NatsPublishing permits NatsOperations {
  /**
   * The same operations for Kotlin.
   *
   * @return the connection, pool or shards themselves.
   */
  dev.midge.nats.NatsOperations toKotlin();

  /**
   * Sends a message. Makes no object for it if there is nothing to wait for.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  default void publish(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    Subject to = subject(subject);
    Subject answer = subjectOrNull(replyTo);
    // Nearly always there is nothing to wait for, and then nothing to make for the wait.
    if (toKotlin().tryPublish(to, payload, headers, answer)) return;
    BlockingCall.awaitInPlace(c -> toKotlin().publish(to, payload, headers, answer, c));
  }

  /** Sends a message without headers that expects no answer. */
  default void publish(CharSequence subject, byte[] payload) {
    publish(subject, payload, Headers.Empty, null);
  }

  /** Sends a message that expects no answer. */
  default void publish(CharSequence subject, byte[] payload, Headers headers) {
    publish(subject, payload, headers, null);
  }

  /** Sends a message of {@code text} as UTF-8. */
  default void publish(CharSequence subject, String text) {
    publish(subject, text.getBytes(UTF_8));
  }

  /**
   * Sends a part of an array.
   *
   * @param subject where it goes.
   * @param payload the array.
   * @param offset where the part begins.
   * @param length its length in bytes.
   * @throws IndexOutOfBoundsException if the part is not within the array.
   */
  default void publish(CharSequence subject, byte[] payload, int offset, int length) {
    Subject to = subject(subject);
    if (toKotlin().tryPublish(to, payload, offset, length, Headers.Empty, null)) return;
    BlockingCall.awaitInPlace(
        c -> toKotlin().publish(to, payload, offset, length, Headers.Empty, null, c));
  }

  /**
   * Sends the bytes between the buffer's position and limit; both stay as they are.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  default void publish(
      CharSequence subject, ByteBuffer payload, Headers headers, @Nullable CharSequence replyTo) {
    Subject to = subject(subject);
    Subject answer = subjectOrNull(replyTo);
    if (toKotlin().tryPublish(to, payload, headers, answer)) return;
    BlockingCall.awaitInPlace(c -> toKotlin().publish(to, payload, headers, answer, c));
  }

  /** Sends the bytes between the buffer's position and limit; both stay as they are. */
  default void publish(CharSequence subject, ByteBuffer payload) {
    publish(subject, payload, Headers.Empty, null);
  }

  /** Sends {@code message}. */
  default void publish(OutgoingMessage message) {
    publish(message.subject(), message.payload(), message.headers(), message.replyTo());
  }

  /**
   * Answers a message: publishes to the subject where its sender expects an answer.
   *
   * @param message the message.
   * @param payload the answer's bytes.
   * @param headers its headers.
   * @throws IllegalArgumentException if the sender expects none.
   */
  default void reply(NatsMessage message, byte[] payload, Headers headers) {
    if (Replying.tryReply(toKotlin(), message, payload, headers)) return;
    BlockingCall.awaitInPlace(c -> toKotlin().reply(message, payload, headers, c));
  }

  /** Answers a message, without headers. */
  default void reply(NatsMessage message, byte[] payload) {
    reply(message, payload, Headers.Empty);
  }

  /** Answers a message with {@code text} as UTF-8. */
  default void reply(NatsMessage message, String text) {
    reply(message, text.getBytes(UTF_8));
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
  default boolean tryPublish(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    return toKotlin().tryPublish(subject(subject), payload, headers, subjectOrNull(replyTo));
  }

  /** As the one with headers, without any. */
  default boolean tryPublish(CharSequence subject, byte[] payload) {
    return tryPublish(subject, payload, Headers.Empty, null);
  }

  /** As the one with a whole array, for a part of it. */
  default boolean tryPublish(CharSequence subject, byte[] payload, int offset, int length) {
    return toKotlin().tryPublish(subject(subject), payload, offset, length, Headers.Empty, null);
  }

  /** As the one with an array, for the bytes between the buffer's position and limit. */
  default boolean tryPublish(CharSequence subject, ByteBuffer payload) {
    return toKotlin().tryPublish(subject(subject), payload, Headers.Empty, null);
  }

  /**
   * Sends as {@code publish} does, and returns when the last byte of the message was handed to the
   * operating system's socket. It cannot be taken back: an interrupted call has sent it all the
   * same if it was queued already.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  default void publishWritten(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    Subject to = subject(subject);
    Subject answer = subjectOrNull(replyTo);
    BlockingCall.await(c -> toKotlin().publishWritten(to, payload, headers, answer, c));
  }

  /** As the one with headers, without any. */
  default void publishWritten(CharSequence subject, byte[] payload) {
    publishWritten(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends the messages that {@code fill} adds, together: queued at once, one behind the other, with
   * nobody else's between them. If {@code fill} throws, or one of them is too large for the server,
   * none is sent. They are held in memory until they are queued: a batch should stay well below the
   * outbound buffer.
   *
   * @param fill adds the messages.
   */
  default void publishBatch(Consumer<MessageBatch> fill) {
    BlockingCall.await(c -> toKotlin().publishBatch(MessageBatch.filledBy(fill), c));
  }

  /** Sends the messages as one {@link #publishBatch}, in order. */
  default void publishAll(Iterable<OutgoingMessage> messages) {
    publishBatch(batch -> messages.forEach(batch::publish));
  }

  /**
   * Subscribes to {@code messages} and sends them in order, in batches of whatever is ready each
   * time; returns when the last one is queued.
   *
   * <p>Demand is bounded: the publisher is never more than some hundred messages ahead. Its error
   * is thrown here, after what came before was sent.
   *
   * @param messages what to send.
   */
  default void publishAll(Flow.Publisher<OutgoingMessage> messages) {
    BlockingCall.await(c -> toKotlin().publishAll(Flows.of(messages), c));
  }
}
