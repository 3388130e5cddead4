package dev.midge.nats.java;

/**
 * Answers requests, one after the other, in the order of their arrival; with {@link
 * SubscribeOptions#concurrency} above 1 by several threads at a time.
 *
 * @param <Q> what the requests are: {@code NatsMessage}, or the values of a {@link TypedSubject}.
 * @param <R> what the answers are: bytes, a {@code Reply} with headers, or values.
 */
@FunctionalInterface
public interface RequestHandler<Q, R> {
  /**
   * Answers one request. May block.
   *
   * @param request the request.
   * @return the answer; bytes are copied.
   * @throws Exception becomes a reply that the caller sees as {@code ServiceErrorException}: with
   *     its own code and words if it is one, 500 otherwise.
   */
  R onRequest(Q request) throws Exception;
}
