package dev.midge.nats.java;

import dev.midge.nats.java.internal.Options;
import java.time.Duration;

/** What becomes of publishes while the connection is being re-established. */
public sealed interface WhileDisconnected {

  /**
   * {@return the policy that takes publishes until {@code bytes} wait; see {@link Buffer}}
   *
   * @param bytes how many bytes may wait; 0 or more.
   * @throws IllegalArgumentException if {@code bytes} is negative.
   */
  static WhileDisconnected buffer(int bytes) {
    return new Buffer(bytes);
  }

  /**
   * {@return the policy by which publishers wait for {@code timeout}; see {@link Suspend}}
   *
   * @param timeout how long they wait; more than zero.
   * @throws IllegalArgumentException if {@code timeout} is not more than zero.
   */
  static WhileDisconnected suspend(Duration timeout) {
    return new Suspend(timeout);
  }

  /** {@return the policy by which publishing fails; see {@link Fail}} */
  static WhileDisconnected fail() {
    return new Fail();
  }

  /**
   * They are taken, and sent in order once the connection is back, until {@code bytes} wait; then
   * publishers wait. Counted to the byte, with what was waiting when the connection was lost.
   *
   * @param bytes how many bytes may wait; 0 or more.
   */
  record Buffer(int bytes) implements WhileDisconnected {
    /**
     * Checks the limit.
     *
     * @param bytes see {@link #bytes()}.
     * @throws IllegalArgumentException if {@code bytes} is negative.
     */
    public Buffer {
      new dev.midge.nats.WhileDisconnected.Buffer(bytes);
    }
  }

  /**
   * Publishers wait until the connection is back, and fail with {@link
   * dev.midge.nats.NotConnectedException} after {@code timeout}.
   *
   * @param timeout how long they wait; more than zero.
   */
  record Suspend(Duration timeout) implements WhileDisconnected {
    /**
     * Checks the timeout.
     *
     * @param timeout see {@link #timeout()}.
     * @throws IllegalArgumentException if {@code timeout} is not more than zero.
     */
    public Suspend {
      Options.suspendFor(timeout);
    }
  }

  /** Publishing fails with {@link dev.midge.nats.NotConnectedException}. */
  record Fail() implements WhileDisconnected {}
}
