package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subjectOrNull;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.PublishBatch;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.PublishingKt;
import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.TypedReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A subject whose messages are values of one type: connection, subject and codec bound together.
 *
 * <p>Order, back-pressure, checks and interruption are those of {@link NatsOperations}; the calls
 * that return futures are as those of {@link NatsAsyncOperations}. A value that does not encode
 * throws {@code UnencodableValueException}, and nothing is sent. Immutable, cheap to keep, and safe
 * to share between threads. A subject with wildcards can be subscribed to only.
 *
 * @param <T> the type of the values.
 */
public final class TypedSubject<T> {
  private final dev.midge.nats.serialization.TypedSubject<T> core;
  private final Codec<T> codec;
  private final NatsOptions options;

  TypedSubject(
      dev.midge.nats.serialization.TypedSubject<T> core, Codec<T> codec, NatsOptions options) {
    this.core = core;
    this.codec = codec;
    this.options = options;
  }

  /** The subject. */
  public Subject subject() {
    return core.getSubject();
  }

  /** What turns values into payloads and back. */
  public Codec<T> codec() {
    return codec;
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  public void publish(T value, Headers headers, @Nullable CharSequence replyTo) {
    Subject answer = subjectOrNull(replyTo);
    // Nearly always there is nothing to wait for, and then nothing to make for the wait.
    if (core.tryPublish(value, headers, answer)) return;
    BlockingCall.await(c -> core.publish(value, headers, answer, c));
  }

  /** Sends a value without headers that expects no answer. */
  public void publish(T value) {
    publish(value, Headers.Empty, null);
  }

  /** As {@code publish}; the future completes when the value is queued. */
  public CompletableFuture<@Nullable Void> publishAsync(
      T value, Headers headers, @Nullable CharSequence replyTo) {
    return Coroutines.futureVoid(
        Lives.dispatcher(options), c -> core.publish(value, headers, subjectOrNull(replyTo), c));
  }

  /** As {@code publish}; the future completes when the value is queued. */
  public CompletableFuture<@Nullable Void> publishAsync(T value) {
    return publishAsync(value, Headers.Empty, null);
  }

  /**
   * Sends a value, but never waits.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return whether it was queued.
   */
  public boolean tryPublish(T value, Headers headers, @Nullable CharSequence replyTo) {
    return core.tryPublish(value, headers, subjectOrNull(replyTo));
  }

  /** As the one with headers, without any. */
  public boolean tryPublish(T value) {
    return tryPublish(value, Headers.Empty, null);
  }

  /**
   * Sends a value, and returns when its last byte was handed to the operating system's socket.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  public void publishWritten(T value, Headers headers, @Nullable CharSequence replyTo) {
    Subject answer = subjectOrNull(replyTo);
    BlockingCall.await(c -> core.publishWritten(value, headers, answer, c));
  }

  /** As the one with headers, without any. */
  public void publishWritten(T value) {
    publishWritten(value, Headers.Empty, null);
  }

  /** Sends {@code values} in one batch, in order: all or none. */
  public void publishAll(Iterable<T> values) {
    BlockingCall.await(c -> core.publishAll(values, c));
  }

  /**
   * Subscribes; the values are taken from the result.
   *
   * @param options queue group, policy, and what happens to messages that do not decode.
   * @return the subscription.
   */
  public Subscription<TypedMessage<T>> subscribe(SubscribeOptions options) {
    return Subscription.typed(
        BlockingCall.await(
            c ->
                core.subscribe(options.queueGroup(), options.overflow(), options.undecodable(), c)),
        this.options);
  }

  /** As the one with options, without any. */
  public Subscription<TypedMessage<T>> subscribe() {
    return subscribe(SubscribeOptions.defaults());
  }

  /**
   * Subscribes, and runs {@code handler} for each message that decodes.
   *
   * @param options queue group, policy, executor, and what happens to messages that do not decode.
   * @param handler gets the values.
   * @return the subscription.
   */
  public Subscription<TypedMessage<T>> subscribe(
      SubscribeOptions options, MessageHandler<TypedMessage<T>> handler) {
    var each = Handlers.<TypedMessage<? extends T>>suspending(handler, options.executor());
    return Subscription.typed(
        BlockingCall.await(
            c ->
                core.subscribe(
                    options.queueGroup(),
                    options.overflow(),
                    options.undecodable(),
                    options.handlerOptions(),
                    each,
                    c)),
        this.options);
  }

  /** As the one with options, without any. */
  public Subscription<TypedMessage<T>> subscribe(MessageHandler<TypedMessage<T>> handler) {
    return subscribe(SubscribeOptions.defaults(), handler);
  }

  /**
   * A publisher of the messages that decode: each of its subscribers makes a subscription of its
   * own.
   *
   * @param options queue group, policy, and what happens to messages that do not decode.
   * @return the publisher.
   */
  public Flow.Publisher<TypedMessage<T>> messages(SubscribeOptions options) {
    return new FlowPublisher<>(
        TypedSubject.<T>flowOf(
            core.messages(options.queueGroup(), options.overflow(), options.undecodable())),
        Lives.dispatcher(this.options));
  }

  /** As the one with options, without any. */
  public Flow.Publisher<TypedMessage<T>> messages() {
    return messages(SubscribeOptions.defaults());
  }

  /**
   * Sends a value as a request and returns the first reply's value; throws what {@link
   * NatsRequesting#request} throws.
   *
   * @param <R> the type of the reply.
   * @param value the value.
   * @param replies decodes the reply.
   * @param headers the request's headers.
   * @param timeout how long to wait; {@code null} takes the request timeout of the connection's
   *     options.
   * @return the reply's value.
   * @throws dev.midge.nats.serialization.UndecodableMessageException if the reply does not decode.
   */
  public <R> R request(T value, Codec<R> replies, Headers headers, @Nullable Duration timeout) {
    var request = core.requestOf(value, PayloadCodecs.of(replies), headers);
    return request.decode(
        BlockingCall.request(
            request.getNats(),
            request.getSubject(),
            request.getPayload(),
            request.getHeaders(),
            timeout));
  }

  /** As the one with all arguments, without headers and with the timeout of the options. */
  public <R> R request(T value, Codec<R> replies) {
    return request(value, replies, Headers.Empty, null);
  }

  /** As {@code request}; cancelling the future forgets the request. */
  public <R> CompletableFuture<R> requestAsync(
      T value, Codec<R> replies, Headers headers, @Nullable Duration timeout) {
    return Coroutines.future(
        Lives.dispatcher(options),
        c -> Timed.request(core, value, PayloadCodecs.of(replies), headers, timeout, c));
  }

  /** As {@code request}; cancelling the future forgets the request. */
  public <R> CompletableFuture<R> requestAsync(T value, Codec<R> replies) {
    return requestAsync(value, replies, Headers.Empty, null);
  }

  /**
   * Answers requests whose values are of this subject's type; all else is as for {@link
   * NatsRequesting#respond}. A request that does not decode is answered by an error with code 400,
   * without asking the handler.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param options queue group, executor and concurrency.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> Subscription<NatsMessage> respond(
      Codec<R> replies, SubscribeOptions options, RequestHandler<T, R> handler) {
    var each = Handlers.<T, R>replyingByCodec(handler, options.executor());
    return Subscription.handled(
        BlockingCall.await(
            c ->
                core.respond(
                    PayloadCodecs.of(replies),
                    options.queueGroup(),
                    options.handlerOptions(),
                    each,
                    c)),
        this.options);
  }

  /** As the one with options, without any. */
  public <R> Subscription<NatsMessage> respond(Codec<R> replies, RequestHandler<T, R> handler) {
    return respond(replies, SubscribeOptions.defaults(), handler);
  }

  /**
   * Answers requests as {@code respond} does, by handlers that look at the request's subject and
   * headers, or answer with headers of their own.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param options queue group, executor and concurrency.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> Subscription<NatsMessage> respondWith(
      Codec<R> replies,
      SubscribeOptions options,
      RequestHandler<TypedMessage<T>, TypedReply<R>> handler) {
    var each =
        Handlers.<TypedMessage<? extends T>, TypedReply<? extends R>>replying(
            handler, options.executor());
    return Subscription.handled(
        BlockingCall.await(
            c ->
                core.respondWith(
                    PayloadCodecs.of(replies),
                    options.queueGroup(),
                    options.handlerOptions(),
                    each,
                    c)),
        this.options);
  }

  /** As the one with options, without any. */
  public <R> Subscription<NatsMessage> respondWith(
      Codec<R> replies, RequestHandler<TypedMessage<T>, TypedReply<R>> handler) {
    return respondWith(replies, SubscribeOptions.defaults(), handler);
  }

  /** Adds {@code value} to a batch. */
  void addTo(PublishBatch batch, T value) {
    PublishingKt.publish(batch, core, value, Headers.Empty, null);
  }

  /** To Java a Flow of messages that nobody writes to looks like one of some subtype. */
  @SuppressWarnings("unchecked")
  static <T> kotlinx.coroutines.flow.Flow<TypedMessage<T>> flowOf(
      kotlinx.coroutines.flow.Flow<? extends TypedMessage<? extends T>> flow) {
    return (kotlinx.coroutines.flow.Flow<TypedMessage<T>>) flow;
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
