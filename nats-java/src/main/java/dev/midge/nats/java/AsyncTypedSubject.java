package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * A subject whose messages are values of one type, by calls that return futures; what {@link
 * TypedSubject} and {@link NatsAsyncOperations} say holds here as well.
 *
 * @param <T> the type of the values.
 */
public final class AsyncTypedSubject<T> {
  private final dev.midge.nats.serialization.TypedSubject<T> core;
  private final Codec<T> codec;
  private final CoroutineDispatcher dispatcher;

  AsyncTypedSubject(
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
   * The same subject, by calls that block; also to subscribe reactively.
   *
   * @return a view of it.
   */
  public TypedSubject<T> blocking() {
    return new TypedSubject<>(core, codec, dispatcher);
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @return completes when it is queued.
   */
  public CompletableFuture<@Nullable Void> publish(T value) {
    return publish(value, Headers.Empty, null);
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when it is queued.
   */
  public CompletableFuture<@Nullable Void> publish(
      T value, Headers headers, @Nullable Subject replyTo) {
    return Coroutines.futureVoid(dispatcher, c -> core.publish(value, headers, replyTo, c));
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @return completes when its last byte was handed to the operating system's socket.
   */
  public CompletableFuture<@Nullable Void> publishWritten(T value) {
    return publishWritten(value, Headers.Empty, null);
  }

  /**
   * Sends a value.
   *
   * @param value the value.
   * @param headers its headers.
   * @param replyTo where an answer is expected, or {@code null}.
   * @return completes when its last byte was handed to the operating system's socket.
   */
  public CompletableFuture<@Nullable Void> publishWritten(
      T value, Headers headers, @Nullable Subject replyTo) {
    return Coroutines.futureVoid(dispatcher, c -> core.publishWritten(value, headers, replyTo, c));
  }

  /**
   * Sends a value, but never waits.
   *
   * @param value the value.
   * @return whether it was queued.
   */
  public boolean tryPublish(T value) {
    return core.tryPublish(value, Headers.Empty, null);
  }

  /**
   * Sends values in one batch: all or none.
   *
   * @param values the values, in order.
   * @return completes when they are queued.
   */
  public CompletableFuture<@Nullable Void> publishAll(Iterable<T> values) {
    return Coroutines.futureVoid(dispatcher, c -> core.publishAll(values, c));
  }

  /**
   * Subscribes, and runs {@code handler} for each message that decodes, one after the other.
   *
   * @param options queue group, policy and executor.
   * @param undecodable what to do with a message that does not decode.
   * @param handler gets the values.
   * @return the subscription.
   */
  public CompletableFuture<TypedSubscription<T>> subscribe(
      SubscribeOptions options, Undecodable undecodable, TypedMessageHandler<T> handler) {
    var suspending = Handlers.suspending(Handlers.ofTyped(handler), options.executor());
    return Coroutines.<dev.midge.nats.serialization.TypedSubscription<T>, TypedSubscription<T>>made(
        dispatcher,
        c ->
            core.subscribe(
                options.queueGroup(),
                options.overflow(),
                undecodable.core(),
                HandlerOptions.Default,
                suspending,
                c),
        made -> new TypedSubscription<>(made, dispatcher));
  }

  /**
   * Sends a value as a request; see {@link TypedSubject#request}.
   *
   * @param <R> the type of the reply.
   * @param value the value.
   * @param replies decodes the reply.
   * @return the reply's value.
   */
  public <R> CompletableFuture<R> request(T value, Codec<R> replies) {
    return request(value, replies, Headers.Empty, null);
  }

  /**
   * Sends a value as a request; see {@link TypedSubject#request}.
   *
   * @param <R> the type of the reply.
   * @param value the value.
   * @param replies decodes the reply.
   * @param headers the request's headers.
   * @param timeout how long to wait; {@code null} takes the request timeout of the connection's
   *     options.
   * @return the reply's value.
   */
  public <R> CompletableFuture<R> request(
      T value, Codec<R> replies, Headers headers, @Nullable Duration timeout) {
    return Coroutines.future(
        dispatcher,
        c -> Timed.request(core, value, Codecs.payloadCodec(replies), headers, timeout, c));
  }

  /**
   * Answers requests whose values are of this subject's type; see {@link TypedSubject#respond}.
   *
   * @param <R> the type of the reply.
   * @param replies encodes the reply.
   * @param options queue group and executor.
   * @param handler answers.
   * @return the subscription.
   */
  public <R> CompletableFuture<Subscription> respond(
      Codec<R> replies, SubscribeOptions options, TypedRequestHandler<T, R> handler) {
    var suspending = Handlers.<T, R>suspending(handler::onRequest, options.executor());
    return Coroutines.<dev.midge.nats.Subscription, Subscription>made(
        dispatcher,
        c ->
            core.respond(
                Codecs.payloadCodec(replies),
                options.queueGroup(),
                HandlerOptions.Default,
                suspending,
                c),
        made -> new Subscription(made, dispatcher));
  }

  /**
   * Subscribes; the values are taken from the result.
   *
   * @param options queue group and policy.
   * @param undecodable what to do with a message that does not decode.
   * @return the subscription.
   */
  public CompletableFuture<TypedSubscription<T>> subscribe(
      SubscribeOptions options, Undecodable undecodable) {
    return Coroutines.<dev.midge.nats.serialization.TypedSubscription<T>, TypedSubscription<T>>made(
        dispatcher,
        c -> core.subscribe(options.queueGroup(), options.overflow(), undecodable.core(), c),
        made -> new TypedSubscription<>(made, dispatcher));
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
