package dev.midge.nats.java;

import dev.midge.nats.Subject;

/**
 * What a typed subscription does with a message that does not decode. It is counted in any case,
 * and never the end of the connection.
 */
public final class Undecodable {
  private static final Undecodable SKIP =
      new Undecodable(dev.midge.nats.serialization.Undecodable.Skip.INSTANCE);
  private static final Undecodable FAIL =
      new Undecodable(dev.midge.nats.serialization.Undecodable.Fail.INSTANCE);

  private final dev.midge.nats.serialization.Undecodable core;

  private Undecodable(dev.midge.nats.serialization.Undecodable core) {
    this.core = core;
  }

  /**
   * Passes over it.
   *
   * @return the policy.
   */
  public static Undecodable skip() {
    return SKIP;
  }

  /**
   * Ends the subscription with an {@code UndecodableMessageException}.
   *
   * @return the policy.
   */
  public static Undecodable fail() {
    return FAIL;
  }

  /**
   * Publishes it to another subject, with headers that say where it came from and why it is there.
   *
   * @param subject where it goes.
   * @return the policy.
   */
  public static Undecodable deadLetter(Subject subject) {
    return new Undecodable(new dev.midge.nats.serialization.Undecodable.DeadLetter(subject));
  }

  dev.midge.nats.serialization.Undecodable core() {
    return core;
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
