package dev.midge.nats.java;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One thread with a name that says whose it is. */
final class NamedExecutor implements Executor, AutoCloseable {
  private static final String NAME = "of the test";

  private final ExecutorService threads =
      Executors.newSingleThreadExecutor(work -> new Thread(work, NAME));

  static boolean isMine() {
    return Thread.currentThread().getName().startsWith(NAME);
  }

  @Override
  public void execute(Runnable work) {
    threads.execute(work);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
