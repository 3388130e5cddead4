package dev.midge.nats.java.kv;

import dev.midge.nats.java.internal.Listener;

/** A listener that is told what happens in a bucket until this is closed. */
public final class KeyValueWatch implements AutoCloseable {
  private final Listener<?> listener;

  KeyValueWatch(Listener<?> listener) {
    this.listener = listener;
  }

  /** Ends the calls; one that is under way goes on. Idempotent; a listener may call it too. */
  @Override
  public void close() {
    listener.close();
  }
}
