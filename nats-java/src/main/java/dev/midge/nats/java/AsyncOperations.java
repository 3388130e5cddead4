package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Reply;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.SuspendCall;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.TypedSubjectKt;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import kotlin.Unit;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/** The operations of a Kotlin connection, pool or shards as futures. */
class AsyncOperations implements NatsAsyncOperations {
  private final dev.midge.nats.NatsOperations core;
  private final dev.midge.nats.NatsOptions options;
  final CoroutineDispatcher dispatcher;
  private final NatsOperations blocking;

  AsyncOperations(
      dev.midge.nats.NatsOperations core,
      dev.midge.nats.NatsOptions options,
      NatsOperations blocking) {
    this.core = core;
    this.options = options;
    dispatcher = options.getDispatcher();
    this.blocking = blocking;
  }

  @Override
  public CompletableFuture<@Nullable Void> publish(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    try {
      if (core.tryPublish(subject, payload, headers, replyTo)) {
        return CompletableFuture.completedFuture(null);
      }
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    return done(c -> core.publish(subject, payload, headers, replyTo, c));
  }

  @Override
  public CompletableFuture<@Nullable Void> publish(
      Subject subject, ByteBuffer payload, Headers headers, @Nullable Subject replyTo) {
    return done(c -> core.publish(subject, payload, headers, replyTo, c));
  }

  @Override
  public CompletableFuture<@Nullable Void> publish(
      Subject subject, byte[] payload, int offset, int length) {
    return done(c -> core.publish(subject, payload, offset, length, Headers.Empty, null, c));
  }

  @Override
  public boolean tryPublish(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    return core.tryPublish(subject, payload, headers, replyTo);
  }

  @Override
  public CompletableFuture<@Nullable Void> publishWritten(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    return done(c -> core.publishWritten(subject, payload, headers, replyTo, c));
  }

  @Override
  public CompletableFuture<@Nullable Void> publishBatch(Consumer<MessageBatch> fill) {
    return done(c -> core.publishBatch(MessageBatch.filledBy(fill), c));
  }

  @Override
  public CompletableFuture<@Nullable Void> publishAll(Flow.Publisher<OutgoingMessage> messages) {
    return done(c -> core.publishAll(Flows.of(messages), c));
  }

  @Override
  public CompletableFuture<Subscription> subscribe(Subject subject, SubscribeOptions options) {
    return Coroutines.<dev.midge.nats.Subscription, Subscription>made(
        dispatcher,
        c -> core.subscribe(subject, options.queueGroup(), options.overflow(), c),
        made -> new Subscription(made, dispatcher, options.overflowOr(this.options)));
  }

  @Override
  public CompletableFuture<Subscription> subscribe(
      Subject subject, SubscribeOptions options, MessageHandler handler) {
    var suspending = Handlers.suspending(Handlers.of(handler), options.executor());
    return made(
        c ->
            core.subscribe(
                subject,
                options.queueGroup(),
                options.overflow(),
                HandlerOptions.Default,
                suspending,
                c));
  }

  @Override
  public CompletableFuture<Subscription> subscribeInline(
      Subject subject, SubscribeOptions options, MessageHandler handler) {
    var plain = Handlers.plain(Handlers.of(handler));
    return made(c -> core.subscribeInline(subject, options.queueGroup(), plain, c));
  }

  @Override
  public Flow.Publisher<NatsMessage> messages(Subject subject, SubscribeOptions options) {
    return blocking.messages(subject, options);
  }

  @Override
  public CompletableFuture<NatsMessage> request(
      Subject subject, byte[] payload, Headers headers, @Nullable Duration timeout) {
    return Coroutines.future(
        dispatcher, c -> Timed.request(core, subject, payload, headers, timeout, c));
  }

  @Override
  public Flow.Publisher<NatsMessage> requestMany(
      Subject subject, byte[] payload, Headers headers, RequestManyLimits limits) {
    return new FlowPublisher<>(limits.flow(core, subject, payload, headers), dispatcher);
  }

  @Override
  public CompletableFuture<Subscription> respond(
      Subject subject, SubscribeOptions options, RequestHandler handler) {
    var suspending =
        Handlers.<NatsMessage, byte[]>suspending(
            Handlers.replying(handler::onRequest), options.executor());
    return made(
        c -> core.respond(subject, options.queueGroup(), HandlerOptions.Default, suspending, c));
  }

  @Override
  public CompletableFuture<Subscription> respondWith(
      Subject subject, SubscribeOptions options, ReplyHandler handler) {
    var suspending =
        Handlers.<NatsMessage, Reply>suspending(
            Handlers.replying(handler::onRequest), options.executor());
    return made(
        c ->
            core.respondWith(subject, options.queueGroup(), HandlerOptions.Default, suspending, c));
  }

  @Override
  public CompletableFuture<Duration> ping(@Nullable Duration timeout) {
    return Coroutines.future(dispatcher, c -> Timed.ping(core, timeout, c));
  }

  @Override
  public <T> AsyncTypedSubject<T> subject(Subject subject, Codec<T> codec) {
    return new AsyncTypedSubject<>(
        TypedSubjectKt.subject(core, subject, Codecs.payloadCodec(codec)), codec, dispatcher);
  }

  @Override
  public NatsOperations blocking() {
    return blocking;
  }

  CompletableFuture<@Nullable Void> done(SuspendCall<Unit> call) {
    return Coroutines.futureVoid(dispatcher, call);
  }

  private CompletableFuture<Subscription> made(SuspendCall<dev.midge.nats.Subscription> call) {
    return Coroutines.made(dispatcher, call, made -> new Subscription(made, dispatcher));
  }
}
