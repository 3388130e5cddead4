package dev.midge.nats.java.jetstream;

import dev.midge.nats.java.internal.BlockingCall;

/**
 * Messages that are being handled, as {@link NatsConsumer#consume} has begun it. All methods may be
 * called from any thread, and more than once.
 */
public final class Consuming implements AutoCloseable {
  private final dev.midge.nats.jetstream.Consuming consuming;

  Consuming(dev.midge.nats.jetstream.Consuming consuming) {
    this.consuming = consuming;
  }

  /**
   * Whether messages are still taken.
   *
   * @return whether they are.
   */
  public boolean isActive() {
    return consuming.isActive();
  }

  /**
   * How many messages were handled and acknowledged.
   *
   * @return their number.
   */
  public long handled() {
    return consuming.handled();
  }

  /**
   * How many times a handler has failed.
   *
   * @return their number.
   */
  public long failed() {
    return consuming.failed();
  }

  /**
   * How many messages are not delivered again though no handler has taken them.
   *
   * @return their number.
   */
  public long givenUp() {
    return consuming.givenUp();
  }

  /**
   * As {@link #close}, but what waits for a handler is handled too, as far as it waits for nothing
   * that is still to be delivered again.
   */
  public void drain() {
    BlockingCall.await(c -> consuming.drain(c));
  }

  /**
   * Returns once nothing is handled any more.
   *
   * @throws dev.midge.nats.jetstream.ConsumerEndedException if the consumer is gone. The same goes
   *     for every other end that nobody has asked for.
   */
  public void awaitEnd() {
    BlockingCall.await(c -> consuming.awaitEnd(c));
  }

  /**
   * Takes no more messages, lets the handlers that run come to their end, gives back what waits for
   * one, and returns then. A handler must not call it: it would wait for itself.
   */
  @Override
  public void close() {
    BlockingCall.await(c -> consuming.stop(c));
  }

  @Override
  public String toString() {
    return consuming.toString();
  }
}
