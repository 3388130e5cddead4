package dev.midge.nats.java;

/**
 * Answers requests that are values, one after the other, in the order of their arrival.
 *
 * @param <T> the type of the requests.
 * @param <R> the type of the replies.
 */
@FunctionalInterface
public interface TypedRequestHandler<T, R> {
  /**
   * Answers one request. May block.
   *
   * @param request the request's value.
   * @return the reply's value.
   * @throws Exception becomes a reply that the caller sees as {@code ServiceErrorException}, as in
   *     {@link RequestHandler#onRequest}.
   */
  R onRequest(T request) throws Exception;
}
