package dev.midge.nats.java.internal;

import java.util.stream.Stream;
import kotlinx.coroutines.flow.Flow;

/** What a Flow emits, for threads that wait for it. */
public final class Pulled {
  private Pulled() {}

  /** As a stream, whose close cancels {@code flow}. It runs no code of the user. */
  public static <T> Stream<T> stream(Flow<T> flow) {
    MessagePull<T> pull = MessagePull.of(flow);
    return PulledIterator.stream(pull::next, pull::cancel);
  }
}
