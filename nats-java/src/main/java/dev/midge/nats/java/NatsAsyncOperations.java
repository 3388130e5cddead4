package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of a NATS client, by calls that return futures and never block: what {@link
 * NatsOperations} says of each holds here as well, with "returns" read as "completes".
 *
 * <p><b>Futures</b> fail with the exceptions that the blocking calls throw, those for bad arguments
 * included; only a text that is no subject is refused at once. What is chained to them runs in the
 * executor of {@link NatsOptions}, or at once if they are complete already. Cancelling a future
 * cancels the call; one that was made from it by {@code thenApply} and the like does not.
 *
 * <p><b>Ordering</b>: a call whose future is complete when it returns, which is the usual case,
 * precedes every later call. As long as a future is not complete, the outbound buffer is full or
 * the connection not open: wait for it before the next publish, or order is not defined and memory
 * not bounded.
 *
 * <p>{@link NatsAsyncClient} and the {@code async()} views of pools and shards implement it. All
 * members may be called from any thread.
 */
public interface NatsAsyncOperations {
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

  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group and policy.
   * @return the subscription.
   */
  CompletableFuture<Subscription> subscribe(Subject subject, SubscribeOptions options);

  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @return the subscription.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<Subscription> subscribe(String subject) {
    return subscribe(new Subject(subject), SubscribeOptions.defaults());
  }

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group, policy and executor.
   * @param handler gets the messages.
   * @return the subscription.
   */
  CompletableFuture<Subscription> subscribe(
      Subject subject, SubscribeOptions options, MessageHandler handler);

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param handler gets the messages.
   * @return the subscription.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<Subscription> subscribe(String subject, MessageHandler handler) {
    return subscribe(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * Subscribes, and runs {@code handler} for each message where the socket is read; see {@link
   * NatsSubscribing#subscribeInline}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group; policy and executor are of no meaning.
   * @param handler gets the messages; must not block.
   * @return the subscription.
   */
  CompletableFuture<Subscription> subscribeInline(
      Subject subject, SubscribeOptions options, MessageHandler handler);

  /**
   * Subscribes, and runs {@code handler} for each message where the socket is read; see {@link
   * NatsSubscribing#subscribeInline}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param handler gets the messages; must not block.
   * @return the subscription.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<Subscription> subscribeInline(String subject, MessageHandler handler) {
    return subscribeInline(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * A publisher of the messages; see {@link NatsSubscribing#messages}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group and policy.
   * @return the publisher.
   */
  Flow.Publisher<NatsMessage> messages(Subject subject, SubscribeOptions options);

  /**
   * A publisher of the messages; see {@link NatsSubscribing#messages}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @return the publisher.
   */
  default Flow.Publisher<NatsMessage> messages(String subject) {
    return messages(new Subject(subject), SubscribeOptions.defaults());
  }

  /**
   * Publishes a request; see {@link NatsRequesting#request}, also for the failures.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param timeout how long to wait; {@code null} takes the request timeout of the connection's
   *     options.
   * @return the first reply. Cancelling it forgets the request.
   */
  CompletableFuture<NatsMessage> request(
      Subject subject, byte[] payload, Headers headers, @Nullable Duration timeout);

  /**
   * Publishes a request; see {@link NatsRequesting#request}, also for the failures.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return the first reply. Cancelling it forgets the request.
   */
  default CompletableFuture<NatsMessage> request(Subject subject, byte[] payload) {
    return request(subject, payload, Headers.Empty, null);
  }

  /**
   * Publishes a request; see {@link NatsRequesting#request}, also for the failures.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return the first reply. Cancelling it forgets the request.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<NatsMessage> request(String subject, byte[] payload) {
    return request(new Subject(subject), payload);
  }

  /**
   * All replies to one request (ADR-47), ended by whichever of {@code limits} comes first; see
   * {@link NatsRequesting#requestMany}. Each subscriber sends a request of its own.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param limits when it ends.
   * @return the replies.
   */
  Flow.Publisher<NatsMessage> requestMany(
      Subject subject, byte[] payload, Headers headers, RequestManyLimits limits);

  /**
   * All replies to one request; see the one with a {@link Subject}.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param limits when it ends.
   * @return the replies.
   */
  default Flow.Publisher<NatsMessage> requestMany(
      String subject, byte[] payload, RequestManyLimits limits) {
    return requestMany(new Subject(subject), payload, Headers.Empty, limits);
  }

  /**
   * Answers requests; see {@link NatsRequesting#respond}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  CompletableFuture<Subscription> respond(
      Subject subject, SubscribeOptions options, RequestHandler handler);

  /**
   * Answers requests; see {@link NatsRequesting#respond}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param handler answers.
   * @return the subscription.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<Subscription> respond(String subject, RequestHandler handler) {
    return respond(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * Answers requests, with headers; see {@link NatsRequesting#respondWith}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  CompletableFuture<Subscription> respondWith(
      Subject subject, SubscribeOptions options, ReplyHandler handler);

  /**
   * Answers requests, with headers; see {@link NatsRequesting#respondWith}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param handler answers.
   * @return the subscription.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none.
   */
  default CompletableFuture<Subscription> respondWith(String subject, ReplyHandler handler) {
    return respondWith(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * A round trip of PING and PONG: everything that was sent before has been handled by the server.
   *
   * @return completes after it.
   */
  default CompletableFuture<Duration> flush() {
    return ping(null);
  }

  /**
   * A round trip of PING and PONG.
   *
   * @param timeout how long to wait; {@code null} takes the flush timeout of the options.
   * @return its time.
   */
  CompletableFuture<Duration> ping(@Nullable Duration timeout);

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  <T> AsyncTypedSubject<T> subject(Subject subject, Codec<T> codec);

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  default <T> AsyncTypedSubject<T> subject(String subject, Codec<T> codec) {
    return subject(new Subject(subject), codec);
  }

  /**
   * The same operations, by calls that block.
   *
   * @return a view of the same connections.
   */
  NatsOperations blocking();
}
