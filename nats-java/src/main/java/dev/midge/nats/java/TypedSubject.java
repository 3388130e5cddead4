package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.PublishBatch;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.PublishingKt;
import dev.midge.nats.serialization.TypedMessage;
import java.time.Duration;
import java.util.concurrent.Flow;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * A subject whose messages are values of one type, by calls that block: connection, subject and
 * codec bound together.
 *
 * <p>Order, back-pressure, checks and interruption are those of {@link NatsOperations}. A value
 * that does not encode throws {@code UnencodableValueException}, and nothing is sent. Immutable,
 * cheap to keep, and safe to share between threads. A subject with wildcards can be subscribed to
 * only.
 *
 * @param <T> the type of the values.
 */
public final class TypedSubject<T> {
  private final dev.midge.nats.serialization.TypedSubject<T> core;
  private final Codec<T> codec;
  private final CoroutineDispatcher dispatcher;

  TypedSubject(
      dev.midge.nats.serialization.TypedSubject<T> core,
      Codec<T> codec,
      CoroutineDispatcher dispatcher) {
    this.core = core;
    this.codec = codec;
    this.dispatcher = dispatcher;
  }

  /**
   * The subject.
   *
   * @return the subject.
   */
  public Subject subject() {
    return core.getSubject();
  }

  /**
   * What turns values into payloads and back.
   *
   * @return the codec.
   */
  public Codec<T> codec() {
    return codec;
  }

  /**
   * The same subject, by calls that return futures.
   *
   * @return a view of it.
   */
  public AsyncTypedSubject<T> async() {
    return new AsyncTypedSubject<>(core, codec, dispatcher);
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   */
  public void publish(T value) {
    publish(value, Headers.Empty, null);
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  public void publish(T value, Headers headers, @Nullable Subject replyTo) {
    BlockingCall.await(c -> core.publish(value, headers, replyTo, c));
  }

  /**
   * Sends a value, but never waits.
   *
   * @param value the value.
   * @return whether it was queued.
   */
  public boolean tryPublish(T value) {
    return tryPublish(value, Headers.Empty, null);
  }

  /**
   * Sends a value, but never waits.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return whether it was queued.
   */
  public boolean tryPublish(T value, Headers headers, @Nullable Subject replyTo) {
    return core.tryPublish(value, headers, replyTo);
  }

  /**
   * Sends a value, and returns when its last byte was handed to the operating system's socket.
   *
   * @param value the value.
   */
  public void publishWritten(T value) {
    publishWritten(value, Headers.Empty, null);
  }

  /**
   * Sends a value, and returns when its last byte was handed to the operating system's socket.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   */
  public void publishWritten(T value, Headers headers, @Nullable Subject replyTo) {
    BlockingCall.await(c -> core.publishWritten(value, headers, replyTo, c));
  }

  /**
   * Sends values in one batch: all or none.
   *
   * @param values the values, in order.
   */
  public void publishAll(Iterable<T> values) {
    BlockingCall.await(c -> core.publishAll(values, c));
  }

  /**
   * Subscribes; the values are taken from the result.
   *
   * @return the subscription.
   */
  public TypedSubscription<T> subscribe() {
    return subscribe(SubscribeOptions.defaults(), Undecodable.skip());
  }

  /**
   * Subscribes; the values are taken from the result.
   *
   * @param options queue group and policy.
   * @param undecodable what to do with a message that does not decode.
   * @return the subscription.
   */
  public TypedSubscription<T> subscribe(SubscribeOptions options, Undecodable undecodable) {
    return made(
        BlockingCall.await(
            c -> core.subscribe(options.queueGroup(), options.overflow(), undecodable.core(), c)));
  }

  /**
   * Subscribes, and runs {@code handler} for each message that decodes, one after the other.
   *
   * @param handler gets the values.
   * @return the subscription.
   */
  public TypedSubscription<T> subscribe(TypedMessageHandler<T> handler) {
    return subscribe(SubscribeOptions.defaults(), Undecodable.skip(), handler);
  }

  /**
   * Subscribes, and runs {@code handler} for each message that decodes, one after the other.
   *
   * @param options queue group, policy and executor.
   * @param undecodable what to do with a message that does not decode.
   * @param handler gets the values.
   * @return the subscription.
   */
  public TypedSubscription<T> subscribe(
      SubscribeOptions options, Undecodable undecodable, TypedMessageHandler<T> handler) {
    var suspending = Handlers.suspending(Handlers.ofTyped(handler), options.executor());
    return made(
        BlockingCall.await(
            c ->
                core.subscribe(
                    options.queueGroup(),
                    options.overflow(),
                    undecodable.core(),
                    HandlerOptions.Default,
                    suspending,
                    c)));
  }

  /**
   * A publisher of the messages that decode: each of its subscribers makes a subscription of its
   * own.
   *
   * @param options queue group and policy.
   * @param undecodable what to do with a message that does not decode.
   * @return the publisher.
   */
  public Flow.Publisher<TypedMessage<T>> messages(
      SubscribeOptions options, Undecodable undecodable) {
    return new FlowPublisher<>(
        TypedSubscription.flowOf(
            core.messages(options.queueGroup(), options.overflow(), undecodable.core())),
        dispatcher);
  }

  /**
   * Sends a value as a request and returns the first reply's value; throws what {@link
   * NatsRequesting#request} throws.
   *
   * @param <R> the type of the reply.
   * @param value the value.
   * @param replies decodes the reply.
   * @return the reply's value.
   * @throws dev.midge.nats.serialization.UndecodableMessageException if the reply does not decode.
   */
  public <R> R request(T value, Codec<R> replies) {
    return request(value, replies, Headers.Empty, null);
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
    // The reply is decoded by whoever wakes the call, and that must not be the connection's reader.
    return BlockingCall.await(
        c -> Timed.request(core, value, Codecs.payloadCodec(replies), headers, timeout, c));
  }

  /**
   * Answers requests whose values are of this subject's type; all else is as for {@link
   * NatsRequesting#respond}. A request that does not decode is answered by an error with code 400,
   * without asking the handler.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> Subscription respond(
      Codec<R> replies, SubscribeOptions options, TypedRequestHandler<T, R> handler) {
    var suspending = Handlers.<T, R>suspending(handler::onRequest, options.executor());
    return new Subscription(
        BlockingCall.await(
            c ->
                core.respond(
                    Codecs.payloadCodec(replies),
                    options.queueGroup(),
                    HandlerOptions.Default,
                    suspending,
                    c)),
        dispatcher);
  }

  /**
   * Answers requests whose values are of this subject's type.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> Subscription respond(Codec<R> replies, TypedRequestHandler<T, R> handler) {
    return respond(replies, SubscribeOptions.defaults(), handler);
  }

  /** Adds {@code value} to a batch. */
  void addTo(PublishBatch batch, T value) {
    PublishingKt.publish(batch, core, value, Headers.Empty, null);
  }

  private TypedSubscription<T> made(
      dev.midge.nats.serialization.TypedSubscription<T> subscription) {
    return new TypedSubscription<>(subscription, dispatcher);
  }

  /**
   * Answers requests as {@code respond} does, by handlers that look at the request's subject and
   * headers, or answer with headers of their own.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> Subscription respondWith(
      Codec<R> replies, SubscribeOptions options, TypedReplyHandler<T, R> handler) {
    var suspending = Handlers.ofTyped(handler, options.executor());
    return new Subscription(
        BlockingCall.await(
            c ->
                core.respondWith(
                    Codecs.payloadCodec(replies),
                    options.queueGroup(),
                    HandlerOptions.Default,
                    suspending,
                    c)),
        dispatcher);
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
