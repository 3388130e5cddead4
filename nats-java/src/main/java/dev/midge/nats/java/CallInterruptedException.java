package dev.midge.nats.java;

import dev.midge.nats.NatsException;
import org.jspecify.annotations.Nullable;

/**
 * The thread was interrupted while it waited for a call, and the call was cancelled: it has been
 * done as a whole or not at all, as its documentation says of cancellation. The thread's interrupt
 * status is set again.
 */
public final class CallInterruptedException extends NatsException {
  private static final long serialVersionUID = 1L;

  /**
   * As a call throws it.
   *
   * @param message what was interrupted.
   * @param cause what ended the call, if anything did.
   */
  public CallInterruptedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
