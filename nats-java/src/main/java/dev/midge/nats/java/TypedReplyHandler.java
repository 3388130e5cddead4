package dev.midge.nats.java;

import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.TypedReply;

/**
 * Answers requests that are values, with headers on both ways.
 *
 * @param <T> the type of the requests.
 * @param <R> the type of the replies.
 */
@FunctionalInterface
public interface TypedReplyHandler<T, R> {
  /**
   * Answers one request. May block.
   *
   * @param request the request's value, with the message that it came in.
   * @return the reply's value, and its headers.
   * @throws Exception becomes a reply that the caller sees as {@code ServiceErrorException}, as in
   *     {@link RequestHandler#onRequest}.
   */
  TypedReply<R> onRequest(TypedMessage<T> request) throws Exception;
}
