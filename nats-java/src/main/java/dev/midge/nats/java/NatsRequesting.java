package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Request and reply, by calls that block.
 *
 * <p>All requests of a connection share one inbox subscription; thousands of threads may wait at
 * the same time. Checks, errors and ownership of the publishing half are those of {@link
 * NatsPublishing}. Interrupting a call forgets the request; a reply that comes later is ignored.
 */
public interface NatsRequesting {
  /**
   * Publishes a request and returns the first reply.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param timeout how long to wait, back-pressure included; {@code null} takes the request timeout
   *     of the connection's options.
   * @return the reply.
   * @throws dev.midge.nats.NoRespondersException at once if nobody is subscribed. A server without
   *     headers cannot say so: with it the timeout says it.
   * @throws dev.midge.nats.HeadersNotSupportedException if there are headers and the server takes
   *     none.
   * @throws dev.midge.nats.RequestTimeoutException if no reply came in time.
   * @throws dev.midge.nats.ServiceErrorException if the reply is an error (ADR-32).
   * @throws dev.midge.nats.PermissionViolationException if the server does not let this user
   *     publish to {@code subject}.
   * @throws dev.midge.nats.ConnectionLostException if the connection broke before the reply came.
   * @throws dev.midge.nats.MalformedHeadersException if the reply's headers do not follow ADR-4.
   */
  NatsMessage request(Subject subject, byte[] payload, Headers headers, @Nullable Duration timeout);

  /**
   * Publishes a request and returns the first reply; see the one with all arguments.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return the reply.
   */
  default NatsMessage request(Subject subject, byte[] payload) {
    return request(subject, payload, Headers.Empty, null);
  }

  /**
   * Publishes a request and returns the first reply; see the one with all arguments.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @return the reply.
   */
  default NatsMessage request(String subject, byte[] payload) {
    return request(new Subject(subject), payload, Headers.Empty, null);
  }

  /**
   * Publishes a request and returns the first reply; see the one with all arguments.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param timeout how long to wait, back-pressure included.
   * @return the reply.
   */
  default NatsMessage request(String subject, byte[] payload, Duration timeout) {
    return request(new Subject(subject), payload, Headers.Empty, timeout);
  }

  /**
   * Sends one request and returns all replies (ADR-47), as they come: a stream that ends by
   * whichever of the limits comes first, and is empty if nobody replied in time. Replies that carry
   * an error are among them as they are.
   *
   * <p>The request is sent by the stream's terminal operation, which throws {@code
   * NoRespondersException} at once if nobody is subscribed. Close a stream that is not read to its
   * end, or its replies are gathered until its time is over.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param headers its headers.
   * @param limits when it ends.
   * @return the replies.
   */
  Stream<NatsMessage> requestMany(
      Subject subject, byte[] payload, Headers headers, RequestManyLimits limits);

  /**
   * Sends one request and returns all replies; see the one with all arguments.
   *
   * @param subject where it goes.
   * @param payload its bytes.
   * @param limits when it ends.
   * @return the replies.
   */
  default Stream<NatsMessage> requestMany(
      String subject, byte[] payload, RequestManyLimits limits) {
    return requestMany(new Subject(subject), payload, Headers.Empty, limits);
  }

  /**
   * Answers requests: what {@code handler} returns is published to the request's reply subject.
   *
   * <p>Requests are handled one after the other; call this more than once with one queue group to
   * handle several at a time. An exception of the handler becomes a reply that the caller sees as
   * {@code ServiceErrorException}. Messages that ask for no reply are handled, and their result is
   * dropped.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group and executor; the policy is that of the connection.
   * @param handler answers.
   * @return the subscription.
   */
  Subscription respond(Subject subject, SubscribeOptions options, RequestHandler handler);

  /**
   * Answers requests; see the one with a {@link Subject}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param handler answers.
   * @return the subscription.
   */
  default Subscription respond(String subject, RequestHandler handler) {
    return respond(new Subject(subject), SubscribeOptions.defaults(), handler);
  }

  /**
   * Answers requests as a member of a queue group; see the one with a {@link Subject}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param queueGroup the queue group.
   * @param handler answers.
   * @return the subscription.
   */
  default Subscription respond(String subject, String queueGroup, RequestHandler handler) {
    return respond(new Subject(subject), SubscribeOptions.inGroup(queueGroup), handler);
  }

  /**
   * Answers requests, with headers; otherwise as {@code respond}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group and executor; the policy is that of the connection.
   * @param handler answers.
   * @return the subscription.
   */
  Subscription respondWith(Subject subject, SubscribeOptions options, ReplyHandler handler);

  /**
   * Answers requests, with headers; otherwise as {@code respond}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param handler answers.
   * @return the subscription.
   */
  default Subscription respondWith(String subject, ReplyHandler handler) {
    return respondWith(new Subject(subject), SubscribeOptions.defaults(), handler);
  }
}
