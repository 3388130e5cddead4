package dev.midge.nats.java;

import dev.midge.nats.NatsException;

/**
 * The thread was interrupted while it waited for a call, and the call was cancelled: it has been
 * done as a whole or not at all, as its documentation says of cancellation. The thread's interrupt
 * status is set again.
 */
public final class CallInterruptedException extends NatsException {
  private static final long serialVersionUID = 1L;

  /** For a call that {@code cause} has ended; sets the thread's interrupt status again. */
  static CallInterruptedException of(Throwable cause) {
    Thread.currentThread().interrupt();
    return new CallInterruptedException(
        "the thread was interrupted; the call was cancelled", cause);
  }

  CallInterruptedException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
  }
}
