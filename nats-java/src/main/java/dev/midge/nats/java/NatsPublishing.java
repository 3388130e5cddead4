package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
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
public interface NatsPublishing {
  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  void publish(Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends a part of an array.
   *
   * @param subject where it goes.
   * @param payload the array.
   * @param offset where the part begins.
   * @param length its length in bytes.
   * @throws IndexOutOfBoundsException if the part is not within the array.
   */
  void publish(Subject subject, byte[] payload, int offset, int length);

  /**
   * Sends the bytes between the buffer's position and limit; both stay as they are.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  void publish(Subject subject, ByteBuffer payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends a message. Makes no object for it.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publish(Subject subject, byte[] payload) {
    publish(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   */
  default void publish(Subject subject, byte[] payload, Headers headers) {
    publish(subject, payload, headers, null);
  }

  /**
   * Sends the bytes between the buffer's position and limit; both stay as they are.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publish(Subject subject, ByteBuffer payload) {
    publish(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends the bytes between the buffer's position and limit; both stay as they are.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publish(String subject, ByteBuffer payload) {
    publish(new Subject(subject), payload, Headers.Empty, null);
  }

  /**
   * Sends a message. One with a {@link Subject} saves checking and encoding it at every call.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publish(String subject, byte[] payload) {
    publish(new Subject(subject), payload, Headers.Empty, null);
  }

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   */
  default void publish(String subject, byte[] payload, Headers headers) {
    publish(new Subject(subject), payload, headers, null);
  }

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected.
   */
  default void publish(String subject, byte[] payload, Headers headers, String replyTo) {
    publish(new Subject(subject), payload, headers, new Subject(replyTo));
  }

  /**
   * Sends a message.
   *
   * @param message the message.
   */
  default void publish(OutgoingMessage message) {
    publish(message.getSubject(), message.getPayload(), message.getHeaders(), message.getReplyTo());
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
   * @return whether it was queued; {@code false} while the connection is not open or its outbound
   *     buffer is full.
   */
  default boolean tryPublish(Subject subject, byte[] payload) {
    return tryPublish(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends as {@code publish} does, but never waits. Does not connect.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return whether it was queued; {@code false} while the connection is not open or its outbound
   *     buffer is full.
   */
  default boolean tryPublish(String subject, byte[] payload) {
    return tryPublish(new Subject(subject), payload);
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
  void publishWritten(Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo);

  /**
   * Sends as {@code publish} does, and returns when the last byte of the message was handed to the
   * operating system's socket.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publishWritten(Subject subject, byte[] payload) {
    publishWritten(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends as {@code publish} does, and returns when the last byte of the message was handed to the
   * operating system's socket.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   */
  default void publishWritten(String subject, byte[] payload) {
    publishWritten(new Subject(subject), payload);
  }

  /**
   * Sends the messages that {@code fill} adds, together: queued at once, one behind the other, with
   * nobody else's between them. If {@code fill} throws, or one of them is too large for the server,
   * none is sent. They are held in memory until they are queued: a batch should stay well below the
   * outbound buffer.
   *
   * @param fill adds the messages.
   */
  void publishBatch(Consumer<MessageBatch> fill);

  /**
   * Sends the messages as one {@link #publishBatch}.
   *
   * @param messages what to send, in order.
   */
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
  void publishAll(Flow.Publisher<OutgoingMessage> messages);
}
