package dev.midge.nats.java;

import static dev.midge.nats.java.internal.Arguments.subject;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Reply;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.MessagePull;
import dev.midge.nats.java.internal.PulledIterator;
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
public sealed interface NatsRequesting permits NatsOperations {
  /**
   * The same operations for Kotlin.
   *
   * @return the connection, pool or shards themselves.
   */
  dev.midge.nats.NatsOperations toKotlin();

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
  default NatsMessage request(
      CharSequence subject, byte[] payload, Headers headers, @Nullable Duration timeout) {
    return BlockingCall.request(toKotlin(), subject(subject), payload, headers, timeout);
  }

  /** As the one with all arguments, without headers and with the timeout of the options. */
  default NatsMessage request(CharSequence subject, byte[] payload) {
    return request(subject, payload, Headers.Empty, null);
  }

  /** As the one with all arguments, without headers. */
  default NatsMessage request(CharSequence subject, byte[] payload, @Nullable Duration timeout) {
    return request(subject, payload, Headers.Empty, timeout);
  }

  /** Publishes {@code text} as UTF-8 and returns the first reply. */
  default NatsMessage request(CharSequence subject, String text) {
    return request(subject, text.getBytes(UTF_8));
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
  default Stream<NatsMessage> requestMany(
      CharSequence subject, byte[] payload, Headers headers, RequestManyLimits limits) {
    MessagePull<NatsMessage> replies =
        MessagePull.of(toKotlin().requestMany(subject(subject), payload, headers, limits));
    return PulledIterator.stream(replies::next, replies::cancel);
  }

  /** As the one with all arguments, without headers. */
  default Stream<NatsMessage> requestMany(
      CharSequence subject, byte[] payload, RequestManyLimits limits) {
    return requestMany(subject, payload, Headers.Empty, limits);
  }

  /**
   * Answers requests: what {@code handler} returns is published to the request's reply subject, and
   * may be used again then.
   *
   * <p>Requests are handled one after the other, or as many at a time as {@link
   * SubscribeOptions#concurrency} says. An exception of the handler becomes a reply that the caller
   * sees as {@code ServiceErrorException}: with its own code and words if it is one, 500 otherwise.
   * Messages that ask for no reply are handled, and their result is dropped.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group, executor and concurrency; the policy is that of the connection.
   * @param handler answers.
   * @return the subscription.
   */
  default Subscription<NatsMessage> respond(
      CharSequence subject, SubscribeOptions options, RequestHandler<NatsMessage, byte[]> handler) {
    Subject to = subject(subject);
    var each = Handlers.<NatsMessage, byte[]>replying(handler, options.executor());
    return Subscription.handled(
        BlockingCall.await(
            c -> toKotlin().respond(to, options.queueGroup(), options.handlerOptions(), each, c)),
        Lives.options(toKotlin()));
  }

  /** As the one with options, without any. */
  default Subscription<NatsMessage> respond(
      CharSequence subject, RequestHandler<NatsMessage, byte[]> handler) {
    return respond(subject, SubscribeOptions.defaults(), handler);
  }

  /** As the one with options, as a member of a queue group. */
  default Subscription<NatsMessage> respond(
      CharSequence subject, String queueGroup, RequestHandler<NatsMessage, byte[]> handler) {
    return respond(subject, SubscribeOptions.inGroup(queueGroup), handler);
  }

  /**
   * Answers requests, with headers; otherwise as {@code respond}.
   *
   * @param subject what to answer; may hold wildcards.
   * @param options queue group, executor and concurrency; the policy is that of the connection.
   * @param handler answers.
   * @return the subscription.
   */
  default Subscription<NatsMessage> respondWith(
      CharSequence subject, SubscribeOptions options, RequestHandler<NatsMessage, Reply> handler) {
    Subject to = subject(subject);
    var each = Handlers.<NatsMessage, Reply>replying(handler, options.executor());
    return Subscription.handled(
        BlockingCall.await(
            c ->
                toKotlin()
                    .respondWith(to, options.queueGroup(), options.handlerOptions(), each, c)),
        Lives.options(toKotlin()));
  }

  /** As the one with options, without any. */
  default Subscription<NatsMessage> respondWith(
      CharSequence subject, RequestHandler<NatsMessage, Reply> handler) {
    return respondWith(subject, SubscribeOptions.defaults(), handler);
  }

  /** As the one with options, as a member of a queue group. */
  default Subscription<NatsMessage> respondWith(
      CharSequence subject, String queueGroup, RequestHandler<NatsMessage, Reply> handler) {
    return respondWith(subject, SubscribeOptions.inGroup(queueGroup), handler);
  }
}
