package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subject;

import dev.midge.nats.BorrowedMessage;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.Lives;
import java.util.concurrent.Flow;

/**
 * Subscribing, by calls that block.
 *
 * <p>Every call connects first if need be, returns once SUB is queued ahead of any later publish of
 * this connection, and throws {@code InvalidSubjectException}, {@code InvalidQueueGroupException},
 * {@code ConnectFailedException}, {@code ConnectionDrainingException} or {@code
 * ConnectionClosedException}. Subjects may hold wildcards. Members of one queue group share the
 * messages: each goes to one of them. All members may be called from any thread.
 *
 * <p>Handlers run where {@link NatsOptions} or {@link SubscribeOptions} say, by default on virtual
 * threads where there are any; those of one subscription one after the other, in the order of
 * arrival, unless {@link SubscribeOptions#concurrency} is more than 1. They may block, and use this
 * client.
 */
public sealed interface NatsSubscribing permits NatsOperations {
  /**
   * The same operations for Kotlin.
   *
   * @return the connection, pool or shards themselves.
   */
  dev.midge.nats.NatsOperations toKotlin();

  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to.
   * @param options queue group and policy.
   * @return the subscription.
   */
  default Subscription<NatsMessage> subscribe(CharSequence subject, SubscribeOptions options) {
    Subject to = subject(subject);
    return Subscription.taken(
        BlockingCall.await(
            c -> toKotlin().subscribe(to, options.queueGroup(), options.overflow(), c)),
        Lives.options(toKotlin()),
        options);
  }

  /** Subscribes; the messages are taken from the result. */
  default Subscription<NatsMessage> subscribe(CharSequence subject) {
    return subscribe(subject, SubscribeOptions.defaults());
  }

  /** Subscribes as a member of a queue group; the messages are taken from the result. */
  default Subscription<NatsMessage> subscribe(CharSequence subject, String queueGroup) {
    return subscribe(subject, SubscribeOptions.inGroup(queueGroup));
  }

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to.
   * @param options queue group, policy and executor.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription<NatsMessage> subscribe(
      CharSequence subject, SubscribeOptions options, MessageHandler<NatsMessage> handler) {
    Subject to = subject(subject);
    var each = Handlers.suspending(handler, options.executor());
    return Subscription.handled(
        BlockingCall.await(
            c ->
                toKotlin()
                    .subscribe(
                        to,
                        options.queueGroup(),
                        options.overflow(),
                        options.handlerOptions(),
                        each,
                        c)),
        Lives.options(toKotlin()));
  }

  /** Subscribes, and runs {@code handler} for each message. */
  default Subscription<NatsMessage> subscribe(
      CharSequence subject, MessageHandler<NatsMessage> handler) {
    return subscribe(subject, SubscribeOptions.defaults(), handler);
  }

  /** Subscribes as a member of a queue group, and runs {@code handler} for each message. */
  default Subscription<NatsMessage> subscribe(
      CharSequence subject, String queueGroup, MessageHandler<NatsMessage> handler) {
    return subscribe(subject, SubscribeOptions.inGroup(queueGroup), handler);
  }

  /**
   * Subscribes, and runs {@code handler} for each message where the socket is read: no queue and no
   * hand-over, the fastest way to receive.
   *
   * <p>While the handler runs, nothing else of this connection is read: no other message, reply or
   * PONG. It must return at once and never block; {@code tryPublish} is safe to call.
   *
   * @param subject what to subscribe to.
   * @param options queue group; policy and executor are of no meaning.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription<NatsMessage> subscribeInline(
      CharSequence subject, SubscribeOptions options, MessageHandler<NatsMessage> handler) {
    Subject to = subject(subject);
    var each = Handlers.plain(handler);
    return Subscription.handled(
        BlockingCall.await(c -> toKotlin().subscribeInline(to, options.queueGroup(), each, c)),
        Lives.options(toKotlin()));
  }

  /** As the one with options, without a queue group. */
  default Subscription<NatsMessage> subscribeInline(
      CharSequence subject, MessageHandler<NatsMessage> handler) {
    return subscribeInline(subject, SubscribeOptions.defaults(), handler);
  }

  /**
   * As {@code subscribeInline}, and lends {@code handler} each message where it lies in the read
   * buffer: no array, no object, no copy.
   *
   * <p>What is lent is valid until the handler returns; what it keeps, it copies. {@link
   * BorrowedMessage#array()} is the buffer itself, and never written to.
   *
   * @param subject what to subscribe to.
   * @param options queue group; policy and executor are of no meaning.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription<NatsMessage> subscribeBorrowed(
      CharSequence subject, SubscribeOptions options, MessageHandler<BorrowedMessage> handler) {
    Subject to = subject(subject);
    var each = Handlers.plain(handler);
    return Subscription.handled(
        BlockingCall.await(c -> toKotlin().subscribeBorrowed(to, options.queueGroup(), each, c)),
        Lives.options(toKotlin()));
  }

  /** As the one with options, without a queue group. */
  default Subscription<NatsMessage> subscribeBorrowed(
      CharSequence subject, MessageHandler<BorrowedMessage> handler) {
    return subscribeBorrowed(subject, SubscribeOptions.defaults(), handler);
  }

  /**
   * A publisher of the messages: each of its subscribers makes a subscription of its own when it
   * subscribes, and ends it by cancelling. Follows Reactive Streams; what a subscriber does not ask
   * for waits, as {@link SubscribeOptions#overflow} says.
   *
   * @param subject what to subscribe to.
   * @param options queue group and policy.
   * @return the publisher.
   */
  default Flow.Publisher<NatsMessage> messages(CharSequence subject, SubscribeOptions options) {
    return new FlowPublisher<>(
        toKotlin().messages(subject(subject), options.queueGroup(), options.overflow()),
        Lives.dispatcher(toKotlin()));
  }

  /** As the one with options, without any. */
  default Flow.Publisher<NatsMessage> messages(CharSequence subject) {
    return messages(subject, SubscribeOptions.defaults());
  }
}
