package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Reply;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.TypedSubjectKt;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/** The operations of a Kotlin connection, pool or shards for threads that wait. */
class BlockingOperations implements NatsOperations {
  private final dev.midge.nats.NatsOperations core;
  private final dev.midge.nats.NatsOptions options;
  final CoroutineDispatcher dispatcher;

  BlockingOperations(dev.midge.nats.NatsOperations core, dev.midge.nats.NatsOptions options) {
    this.core = core;
    this.options = options;
    dispatcher = options.getDispatcher();
  }

  @Override
  public void publish(Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    // Nearly always there is nothing to wait for, and then nothing to make for the wait.
    if (core.tryPublish(subject, payload, headers, replyTo)) return;
    BlockingCall.awaitInPlace(c -> core.publish(subject, payload, headers, replyTo, c));
  }

  @Override
  public void publish(Subject subject, byte[] payload, int offset, int length) {
    BlockingCall.await(c -> core.publish(subject, payload, offset, length, Headers.Empty, null, c));
  }

  @Override
  public void publish(
      Subject subject, ByteBuffer payload, Headers headers, @Nullable Subject replyTo) {
    BlockingCall.await(c -> core.publish(subject, payload, headers, replyTo, c));
  }

  @Override
  public boolean tryPublish(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    return core.tryPublish(subject, payload, headers, replyTo);
  }

  @Override
  public void publishWritten(
      Subject subject, byte[] payload, Headers headers, @Nullable Subject replyTo) {
    BlockingCall.await(c -> core.publishWritten(subject, payload, headers, replyTo, c));
  }

  @Override
  public void publishBatch(Consumer<MessageBatch> fill) {
    BlockingCall.await(c -> core.publishBatch(MessageBatch.filledBy(fill), c));
  }

  @Override
  public void publishAll(Flow.Publisher<OutgoingMessage> messages) {
    BlockingCall.await(c -> core.publishAll(Flows.of(messages), c));
  }

  @Override
  public Subscription subscribe(Subject subject, SubscribeOptions options) {
    return new Subscription(
        BlockingCall.await(
            c -> core.subscribe(subject, options.queueGroup(), options.overflow(), c)),
        dispatcher,
        options.overflowOr(this.options));
  }

  @Override
  public Subscription subscribe(Subject subject, SubscribeOptions options, MessageHandler handler) {
    var suspending = Handlers.suspending(Handlers.of(handler), options.executor());
    return made(
        BlockingCall.await(
            c ->
                core.subscribe(
                    subject,
                    options.queueGroup(),
                    options.overflow(),
                    HandlerOptions.Default,
                    suspending,
                    c)));
  }

  @Override
  public Subscription subscribeInline(
      Subject subject, SubscribeOptions options, MessageHandler handler) {
    var plain = Handlers.plain(Handlers.of(handler));
    return made(
        BlockingCall.await(c -> core.subscribeInline(subject, options.queueGroup(), plain, c)));
  }

  @Override
  public Flow.Publisher<NatsMessage> messages(Subject subject, SubscribeOptions options) {
    return new FlowPublisher<>(
        core.messages(subject, options.queueGroup(), options.overflow()), dispatcher);
  }

  @Override
  public NatsMessage request(
      Subject subject, byte[] payload, Headers headers, @Nullable Duration timeout) {
    NatsMessage reply = requestOnThread(subject, payload, headers, timeout);
    if (reply != null) return reply;
    return BlockingCall.awaitInPlace(
        c -> Timed.request(core, subject, payload, headers, timeout, c));
  }

  private @Nullable NatsMessage requestOnThread(
      Subject subject, byte[] payload, Headers headers, @Nullable Duration timeout) {
    try {
      return Timed.requestOnThread(core, subject, payload, headers, timeout);
    } catch (InterruptedException e) {
      throw CallInterruptedException.of(e);
    } catch (NatsException e) {
      throw BlockingCall.withCaller(e);
    }
  }

  @Override
  public Stream<NatsMessage> requestMany(
      Subject subject, byte[] payload, Headers headers, RequestManyLimits limits) {
    MessagePull<NatsMessage> replies = MessagePull.of(limits.flow(core, subject, payload, headers));
    return PulledIterator.stream(replies::next, replies::cancel);
  }

  @Override
  public Subscription respond(Subject subject, SubscribeOptions options, RequestHandler handler) {
    var suspending =
        Handlers.<NatsMessage, byte[]>suspending(
            Handlers.replying(handler::onRequest), options.executor());
    return made(
        BlockingCall.await(
            c ->
                core.respond(
                    subject, options.queueGroup(), HandlerOptions.Default, suspending, c)));
  }

  @Override
  public Subscription respondWith(Subject subject, SubscribeOptions options, ReplyHandler handler) {
    var suspending =
        Handlers.<NatsMessage, Reply>suspending(
            Handlers.replying(handler::onRequest), options.executor());
    return made(
        BlockingCall.await(
            c ->
                core.respondWith(
                    subject, options.queueGroup(), HandlerOptions.Default, suspending, c)));
  }

  @Override
  public Duration ping(@Nullable Duration timeout) {
    return BlockingCall.await(c -> Timed.ping(core, timeout, c));
  }

  @Override
  public <T> TypedSubject<T> subject(Subject subject, Codec<T> codec) {
    return new TypedSubject<>(
        TypedSubjectKt.subject(core, subject, Codecs.payloadCodec(codec)), codec, dispatcher);
  }

  @Override
  public NatsAsyncOperations async() {
    return new AsyncOperations(core, options, this);
  }

  private Subscription made(dev.midge.nats.Subscription subscription) {
    return new Subscription(subscription, dispatcher);
  }
}
