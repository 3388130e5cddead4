package dev.midge.nats.java;

import java.time.Duration;

/** Durations as the JDK's own waiting counts them. */
final class Nanos {
  private Nanos() {}

  /** As many as there are, or as a {@code long} holds, which is 292 years. */
  static long of(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }
}
