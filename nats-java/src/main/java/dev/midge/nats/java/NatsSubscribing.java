package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import java.util.concurrent.Flow;

/**
 * Subscribing, by calls that block.
 *
 * <p>Every call connects first if need be, returns once SUB is queued ahead of any later publish of
 * this connection, and throws {@code InvalidSubjectException}, {@code InvalidQueueGroupException},
 * {@code ConnectFailedException}, {@code ConnectionDrainingException} or {@code
 * ConnectionClosedException}. Members of one queue group share the messages: each goes to one of
 * them. All members may be called from any thread.
 *
 * <p>Handlers run where {@link NatsOptions} or {@link SubscribeOptions} say, by default on virtual
 * threads where there are any; those of one subscription one after the other, in the order of
 * arrival. They may block, and use this client.
 */
public interface NatsSubscribing {
  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group and policy.
   * @return the subscription.
   */
  Subscription subscribe(Subject subject, SubscribeOptions options);

  /**
   * Subscribes; the messages are taken from the result.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @return the subscription.
   */
  default Subscription subscribe(String subject) {
    return subscribe(new Subject(subject), SubscribeOptions.defaults());
  }

  /**
   * Subscribes as a member of a queue group; the messages are taken from the result.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param queueGroup the queue group.
   * @return the subscription.
   */
  default Subscription subscribe(String subject, String queueGroup) {
    return subscribe(new Subject(subject), SubscribeOptions.inGroup(queueGroup));
  }

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group, policy and executor.
   * @param handler gets the messages.
   * @return the subscription.
   */
  Subscription subscribe(Subject subject, SubscribeOptions options, MessageHandler handler);

  /**
   * Subscribes, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription subscribe(String subject, MessageHandler handler) {
    return subscribe(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * Subscribes as a member of a queue group, and runs {@code handler} for each message.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param queueGroup the queue group.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription subscribe(String subject, String queueGroup, MessageHandler handler) {
    return subscribe(new Subject(subject), SubscribeOptions.inGroup(queueGroup), handler);
  }

  /**
   * Subscribes, and runs {@code handler} for each message where the socket is read: no queue and no
   * hand-over, the fastest way to receive.
   *
   * <p>While the handler runs, nothing else of this connection is read: no other message, reply or
   * PONG. It must return at once and never block; {@code tryPublish} is safe to call.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group; policy and executor are of no meaning.
   * @param handler gets the messages.
   * @return the subscription.
   */
  Subscription subscribeInline(Subject subject, SubscribeOptions options, MessageHandler handler);

  /**
   * Subscribes, and runs {@code handler} for each message where the socket is read; see the one
   * with a {@link Subject}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param handler gets the messages.
   * @return the subscription.
   */
  default Subscription subscribeInline(String subject, MessageHandler handler) {
    return subscribeInline(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * A publisher of the messages: each of its subscribers makes a subscription of its own when it
   * subscribes, and ends it by cancelling. Follows Reactive Streams; what a subscriber does not ask
   * for waits, as {@link SubscribeOptions#overflow} says.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @param options queue group and policy.
   * @return the publisher.
   */
  Flow.Publisher<NatsMessage> messages(Subject subject, SubscribeOptions options);

  /**
   * A publisher of the messages; see the one with a {@link Subject}.
   *
   * @param subject what to subscribe to; may hold wildcards.
   * @return the publisher.
   */
  default Flow.Publisher<NatsMessage> messages(String subject) {
    return messages(new Subject(subject), SubscribeOptions.defaults());
  }
}
