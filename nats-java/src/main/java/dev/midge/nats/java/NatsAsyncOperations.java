package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subject;
import static dev.midge.nats.java.internal.Arguments.subjectOrNull;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Reply;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.Replying;
import dev.midge.nats.java.internal.SuspendCall;
import dev.midge.nats.java.internal.Timed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a NATS client, by calls that return futures and never block: what {@link
 * NatsOperations} says of each holds here as well, with "returns" read as "completes". What never
 * waits, such as {@code tryPublish} and {@code messages}, is there only.
 *
 * <p><b>Futures</b> fail with the exceptions that the blocking calls throw. A call that returns a
 * future throws nothing itself but for a {@code null}: a subject that is none fails the future,
 * too. What is chained to a future runs in the executor of {@link NatsOptions}, or at once if it is
 * complete already. Cancelling a future cancels the call; one that was made from it by {@code
 * thenApply} and the like does not.
 *
 * <p><b>Ordering</b>: a call whose future is complete when it returns, which is the usual case,
 * precedes every later call. As long as a future is not complete, the outbound buffer is full or
 * the connection not open: wait for it before the next publish, or order is not defined and memory
 * not bounded. A payload is copied when its future completes, at the latest.
 *
 * <p>{@link NatsAsyncClient} implements it. All members may be called from any thread.
 */
public sealed interface NatsAsyncOperations permits NatsAsyncClient {
  /**
   * The same operations, by calls that block.
   *
   * @return a view of the same connections.
   */
  NatsOperations blocking();

  /**
   * Sends a message.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when the message is queued.
   */
  default CompletableFuture<@Nullable Void> publish(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    return published(
        () -> core().tryPublish(subject(subject), payload, headers, subjectOrNull(replyTo)),
        c -> core().publish(subject(subject), payload, headers, subjectOrNull(replyTo), c));
  }

  /** Sends a message without headers that expects no answer. */
  default CompletableFuture<@Nullable Void> publish(CharSequence subject, byte[] payload) {
    return publish(subject, payload, Headers.Empty, null);
  }

  /** Sends a message that expects no answer. */
  default CompletableFuture<@Nullable Void> publish(
      CharSequence subject, byte[] payload, Headers headers) {
    return publish(subject, payload, headers, null);
  }

  /** Sends a message of {@code text} as UTF-8. */
  default CompletableFuture<@Nullable Void> publish(CharSequence subject, String text) {
    return publish(subject, text.getBytes(UTF_8));
  }

  /** Sends {@code length} bytes of the array, from {@code offset} on. */
  default CompletableFuture<@Nullable Void> publish(
      CharSequence subject, byte[] payload, int offset, int length) {
    return published(
        () -> core().tryPublish(subject(subject), payload, offset, length, Headers.Empty, null),
        c -> core().publish(subject(subject), payload, offset, length, Headers.Empty, null, c));
  }

  /** Sends the bytes between the buffer's position and limit; otherwise as with an array. */
  default CompletableFuture<@Nullable Void> publish(
      CharSequence subject, ByteBuffer payload, Headers headers, @Nullable CharSequence replyTo) {
    return published(
        () -> core().tryPublish(subject(subject), payload, headers, subjectOrNull(replyTo)),
        c -> core().publish(subject(subject), payload, headers, subjectOrNull(replyTo), c));
  }

  /** Sends the bytes between the buffer's position and limit. */
  default CompletableFuture<@Nullable Void> publish(CharSequence subject, ByteBuffer payload) {
    return publish(subject, payload, Headers.Empty, null);
  }

  /** Sends {@code message}. */
  default CompletableFuture<@Nullable Void> publish(OutgoingMessage message) {
    return publish(message.subject(), message.payload(), message.headers(), message.replyTo());
  }

  /** Answers a message; completes when the answer is queued. */
  default CompletableFuture<@Nullable Void> reply(
      NatsMessage message, byte[] payload, Headers headers) {
    return published(
        () -> Replying.tryReply(core(), message, payload, headers),
        c -> core().reply(message, payload, headers, c));
  }

  /** Answers a message, without headers. */
  default CompletableFuture<@Nullable Void> reply(NatsMessage message, byte[] payload) {
    return reply(message, payload, Headers.Empty);
  }

  /** Answers a message with {@code text} as UTF-8. */
  default CompletableFuture<@Nullable Void> reply(NatsMessage message, String text) {
    return reply(message, text.getBytes(UTF_8));
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
  default CompletableFuture<@Nullable Void> publishWritten(
      CharSequence subject, byte[] payload, Headers headers, @Nullable CharSequence replyTo) {
    return done(
        c -> core().publishWritten(subject(subject), payload, headers, subjectOrNull(replyTo), c));
  }

  /** As the one with headers, without any. */
  default CompletableFuture<@Nullable Void> publishWritten(CharSequence subject, byte[] payload) {
    return publishWritten(subject, payload, Headers.Empty, null);
  }

  /**
   * Sends the messages that {@code fill} adds, together.
   *
   * @param fill adds the messages, before this returns.
   * @return completes when they are queued.
   */
  default CompletableFuture<@Nullable Void> publishBatch(Consumer<MessageBatch> fill) {
    return done(c -> core().publishBatch(MessageBatch.filledBy(fill), c));
  }

  /** Sends the messages as one {@link #publishBatch}, in order. */
  default CompletableFuture<@Nullable Void> publishAll(Iterable<OutgoingMessage> messages) {
    return publishBatch(batch -> messages.forEach(batch::publish));
  }

  /**
   * Subscribes to {@code messages} and sends them in order.
   *
   * @param messages what to send.
   * @return completes when the last one is queued. Cancelling it cancels the publisher's
   *     subscription.
   */
  default CompletableFuture<@Nullable Void> publishAll(Flow.Publisher<OutgoingMessage> messages) {
    return done(c -> core().publishAll(Flows.of(messages), c));
  }

  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to.
   * @param options queue group and policy.
   * @return the subscription.
   */
  default CompletableFuture<Subscription<NatsMessage>> subscribe(
      CharSequence subject, SubscribeOptions options) {
    return Coroutines.<dev.midge.nats.Subscription, Subscription<NatsMessage>>made(
        Lives.dispatcher(core()),
        c -> core().subscribe(subject(subject), options.queueGroup(), options.overflow(), c),
        made -> Subscription.taken(made, Lives.options(core()), options));
  }

  /** Subscribes; the messages are taken from the result. */
  default CompletableFuture<Subscription<NatsMessage>> subscribe(CharSequence subject) {
    return subscribe(subject, SubscribeOptions.defaults());
  }

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to.
   * @param options queue group, policy and executor.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default CompletableFuture<Subscription<NatsMessage>> subscribe(
      CharSequence subject, SubscribeOptions options, MessageHandler<NatsMessage> handler) {
    return made(
        c ->
            core()
                .subscribe(
                    subject(subject),
                    options.queueGroup(),
                    options.overflow(),
                    options.handlerOptions(),
                    Handlers.suspending(handler, options.executor()),
                    c));
  }

  /** Subscribes, and runs {@code handler} for each message. */
  default CompletableFuture<Subscription<NatsMessage>> subscribe(
      CharSequence subject, MessageHandler<NatsMessage> handler) {
    return subscribe(subject, SubscribeOptions.defaults(), handler);
  }

  /**
   * Subscribes, and runs {@code handler}, which must not block, for each message where the socket
   * is read.
   */
  default CompletableFuture<Subscription<NatsMessage>> subscribeInline(
      CharSequence subject, SubscribeOptions options, MessageHandler<NatsMessage> handler) {
    return made(
        c ->
            core()
                .subscribeInline(
                    subject(subject), options.queueGroup(), Handlers.plain(handler), c));
  }

  /** As the one with options, without a queue group. */
  default CompletableFuture<Subscription<NatsMessage>> subscribeInline(
      CharSequence subject, MessageHandler<NatsMessage> handler) {
    return subscribeInline(subject, SubscribeOptions.defaults(), handler);
  }

  /**
   * Publishes a request.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param timeout how long to wait; {@code null} takes the request timeout of the connection's
   *     options.
   * @return the first reply. Cancelling it forgets the request.
   */
  default CompletableFuture<NatsMessage> request(
      CharSequence subject, byte[] payload, Headers headers, @Nullable Duration timeout) {
    try {
      return Timed.requestFuture(
          core(), subject(subject), payload, headers, timeout, Lives.dispatcher(core()));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** As the one with all arguments, without headers and with the timeout of the options. */
  default CompletableFuture<NatsMessage> request(CharSequence subject, byte[] payload) {
    return request(subject, payload, Headers.Empty, null);
  }

  /** As the one with all arguments, without headers. */
  default CompletableFuture<NatsMessage> request(
      CharSequence subject, byte[] payload, @Nullable Duration timeout) {
    return request(subject, payload, Headers.Empty, timeout);
  }

  /** Publishes {@code text} as UTF-8 as a request. */
  default CompletableFuture<NatsMessage> request(CharSequence subject, String text) {
    return request(subject, text.getBytes(UTF_8));
  }

  /**
   * All replies to one request (ADR-47), ended by whichever of {@code limits} comes first. Each
   * subscriber sends a request of its own.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param limits when it ends.
   * @return the replies.
   * @throws dev.midge.nats.InvalidSubjectException at once, if {@code subject} is none: no future
   *     is returned.
   */
  default Flow.Publisher<NatsMessage> requestMany(
      CharSequence subject, byte[] payload, Headers headers, RequestManyLimits limits) {
    return new FlowPublisher<>(
        core().requestMany(subject(subject), payload, headers, limits), Lives.dispatcher(core()));
  }

  /** As the one with all arguments, without headers. */
  default Flow.Publisher<NatsMessage> requestMany(
      CharSequence subject, byte[] payload, RequestManyLimits limits) {
    return requestMany(subject, payload, Headers.Empty, limits);
  }

  /**
   * Answers requests.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  default CompletableFuture<Subscription<NatsMessage>> respond(
      CharSequence subject, SubscribeOptions options, RequestHandler<NatsMessage, byte[]> handler) {
    return made(
        c ->
            core()
                .respond(
                    subject(subject),
                    options.queueGroup(),
                    options.handlerOptions(),
                    Handlers.replying(handler, options.executor()),
                    c));
  }

  /** As the one with options, without any. */
  default CompletableFuture<Subscription<NatsMessage>> respond(
      CharSequence subject, RequestHandler<NatsMessage, byte[]> handler) {
    return respond(subject, SubscribeOptions.defaults(), handler);
  }

  /** Answers requests, with headers; otherwise as {@code respond}. */
  default CompletableFuture<Subscription<NatsMessage>> respondWith(
      CharSequence subject, SubscribeOptions options, RequestHandler<NatsMessage, Reply> handler) {
    return made(
        c ->
            core()
                .respondWith(
                    subject(subject),
                    options.queueGroup(),
                    options.handlerOptions(),
                    Handlers.replying(handler, options.executor()),
                    c));
  }

  /** As the one with options, without any. */
  default CompletableFuture<Subscription<NatsMessage>> respondWith(
      CharSequence subject, RequestHandler<NatsMessage, Reply> handler) {
    return respondWith(subject, SubscribeOptions.defaults(), handler);
  }

  /** A subject for replies that nobody else uses; see {@link NatsOperations#newInbox}. */
  default Subject newInbox() {
    return core().newInbox();
  }

  /**
   * A round trip of PING and PONG: everything that was sent before has been handled by the server.
   *
   * @param timeout how long to wait; {@code null} takes the flush timeout of the options.
   * @return its time.
   */
  default CompletableFuture<Duration> ping(@Nullable Duration timeout) {
    return Coroutines.future(Lives.dispatcher(core()), c -> Timed.ping(core(), timeout, c));
  }

  /** As {@link #ping}, with the timeout of the options. */
  default CompletableFuture<Duration> flush() {
    return ping(null);
  }

  private dev.midge.nats.NatsOperations core() {
    return blocking().toKotlin();
  }

  private CompletableFuture<@Nullable Void> published(
      BooleanSupplier atOnce, SuspendCall<Unit> call) {
    try {
      return atOnce.getAsBoolean() ? CompletableFuture.completedFuture(null) : done(call);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<@Nullable Void> done(SuspendCall<Unit> call) {
    return Coroutines.futureVoid(Lives.dispatcher(core()), call);
  }

  private CompletableFuture<Subscription<NatsMessage>> made(
      SuspendCall<dev.midge.nats.Subscription> call) {
    return Coroutines.made(
        Lives.dispatcher(core()), call, made -> Subscription.handled(made, Lives.options(core())));
  }
}
