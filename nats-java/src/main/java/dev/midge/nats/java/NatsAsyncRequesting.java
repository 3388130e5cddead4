package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Request and reply, by calls that return futures; {@link NatsAsyncOperations} says what holds for
 * all of them, and {@link NatsRequesting} what holds for each.
 */
public interface NatsAsyncRequesting {
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
}
