package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;

/** Answers requests, one after the other, in the order of their arrival. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers one request. May block.
   *
   * @param request the request.
   * @return the payload of the reply, which is copied.
   * @throws Exception becomes a reply that the caller sees as {@code ServiceErrorException}: with
   *     its own code and words if it is one, 500 otherwise.
   */
  byte[] onRequest(NatsMessage request) throws Exception;
}
