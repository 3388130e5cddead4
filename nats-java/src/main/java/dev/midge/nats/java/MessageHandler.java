package dev.midge.nats.java;

/**
 * Handles the messages of a subscription, one after the other, in the order of their arrival; with
 * {@link SubscribeOptions#concurrency} above 1 by several threads at a time.
 *
 * @param <M> what the messages are: {@code NatsMessage}, or {@code TypedMessage} of a {@link
 *     TypedSubject}.
 */
@FunctionalInterface
public interface MessageHandler<M> {
  /**
   * Handles one message. May block, unless it was given to {@code subscribeInline}.
   *
   * @param message the message; its payload is the handler's alone.
   * @throws Exception for any reason: it is reported as {@code NatsEvent.HandlerFailed}, and the
   *     next message comes all the same.
   */
  void onMessage(M message) throws Exception;
}
