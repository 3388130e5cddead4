package dev.midge.nats.java.internal;

import java.util.Objects;
import java.util.concurrent.Executor;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.ExecutorsKt;

/** Where that runs which cannot go on where it is noticed. */
public final class Threads {
  /**
   * Where calls go on that a thread waits for. A view of its own of {@code Dispatchers.IO}, which
   * finds threads also when handlers block all those that they may have.
   */
  static final CoroutineDispatcher FOR_WAITING =
      Dispatchers.getIO()
          .limitedParallelism(Math.max(2, Runtime.getRuntime().availableProcessors()), null);

  /** Where handlers run that may block, unless they are given an executor. */
  public static final Executor FOR_BLOCKING = ExecutorsKt.asExecutor(Dispatchers.getIO());

  private Threads() {}

  /** Tasks run as {@code executor} runs them. */
  public static CoroutineDispatcher of(Executor executor) {
    return ExecutorsKt.from(Objects.requireNonNull(executor, "executor"));
  }

  /** Tells the thread's handler of such, and goes on. */
  public static void uncaught(Throwable thrown) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
  }
}
