package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.Reply;

/** Answers requests as {@link RequestHandler} does, with headers. */
@FunctionalInterface
public interface ReplyHandler {
  /**
   * Answers one request. May block.
   *
   * @param request the request.
   * @return the reply.
   * @throws Exception as in {@link RequestHandler#onRequest}.
   */
  Reply onRequest(NatsMessage request) throws Exception;
}
