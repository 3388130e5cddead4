package dev.midge.nats.java.internal;

import dev.midge.nats.java.RequestHandler;
import java.util.Objects;

/**
 * Knows which threads run handlers of one service: these must not wait for its end, which waits for
 * them.
 */
public final class ServiceThread {
  private static final ThreadLocal<ServiceThread> CURRENT = new ThreadLocal<>();

  /** {@code handler}, whose threads are known while it runs. */
  public <A, R> RequestHandler<A, R> around(RequestHandler<A, R> handler) {
    Objects.requireNonNull(handler, "handler");
    return request -> {
      ServiceThread before = CURRENT.get();
      CURRENT.set(this);
      try {
        return handler.onRequest(request);
      } finally {
        if (before == null) CURRENT.remove();
        else CURRENT.set(before);
      }
    };
  }

  /** Whether this thread runs one of them. */
  public boolean isCurrent() {
    return CURRENT.get() == this;
  }
}
