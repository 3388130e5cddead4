package dev.midge.nats.java;

import dev.midge.nats.java.internal.Listener;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** A listener that is told of events until this is closed. */
public final class EventRegistration implements AutoCloseable {
  private final Listener<?> listener;

  private EventRegistration(Listener<?> listener) {
    this.listener = listener;
  }

  static <T> EventRegistration of(Flow.Publisher<T> events, Consumer<? super T> consumer) {
    return new EventRegistration(Listener.of(events, consumer));
  }

  /** Ends the calls; one that is under way goes on. Idempotent. */
  @Override
  public void close() {
    listener.close();
  }
}
