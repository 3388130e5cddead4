package dev.midge.nats.java.objectstore;

import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.SuspendCall;
import java.io.IOException;

/** Calls that read or write what is not the store's. */
final class Reading {
  private Reading() {}

  /** Returns what {@code call} does, or throws what it throws. */
  static <T> T await(SuspendCall<T> call) throws IOException {
    try {
      return BlockingCall.await(call);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof IOException cause) throw cause;
      throw e;
    }
  }
}
