package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * Subscribing, by calls that return futures; {@link NatsAsyncOperations} says what holds for all of
 * them, and {@link NatsSubscribing} what holds for each.
 */
public interface NatsAsyncSubscribing {
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
}
