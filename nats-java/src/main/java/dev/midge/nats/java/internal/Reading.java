package dev.midge.nats.java.internal;

import java.io.IOException;

/** Calls that read or write what is not the store's. */
public final class Reading {
  private Reading() {}

  /** Returns what {@code call} does, or throws what it throws. */
  public static <T> T await(SuspendCall<T> call) throws IOException {
    try {
      return BlockingCall.await(call);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof IOException cause) throw cause;
      throw e;
    }
  }
}
