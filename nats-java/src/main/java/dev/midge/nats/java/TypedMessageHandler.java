package dev.midge.nats.java;

import dev.midge.nats.serialization.TypedMessage;

/**
 * Handles the values of a subscription, one after the other, in the order of their arrival.
 *
 * @param <T> the type of the values.
 */
@FunctionalInterface
public interface TypedMessageHandler<T> {
  /**
   * Handles one value. May block.
   *
   * @param message the value, with the message that it came in.
   * @throws Exception for any reason: it is reported as {@code NatsEvent.HandlerFailed}, and the
   *     next message comes all the same.
   */
  void onMessage(TypedMessage<T> message) throws Exception;
}
