package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A call that waits, on a thread of its own: every other one is virtual if there are any. */
final class BlockedCall {
  private static final AtomicInteger BEGUN = new AtomicInteger();

  /** How it ended, and whether its thread was interrupted then. */
  record Outcome(@Nullable Object result, @Nullable Throwable failure, boolean isInterrupted) {}

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final Thread thread;

  private BlockedCall(Callable<?> call) {
    Runnable task = () -> run(call);
    boolean isVirtual = Runtime.version().feature() >= 21 && BEGUN.incrementAndGet() % 2 == 0;
    thread = isVirtual ? virtualThread(task) : new Thread(task);
    thread.setDaemon(true);
    thread.setName("blocked call");
  }

  private static Thread virtualThread(Runnable task) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, task);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  static BlockedCall begin(Callable<?> call) {
    BlockedCall begun = new BlockedCall(call);
    begun.thread.start();
    return begun;
  }

  static BlockedCall begin(Runnable call) {
    return begin(
        () -> {
          call.run();
          return null;
        });
  }

  private void run(Callable<?> call) {
    Object result = null;
    Throwable failure = null;
    try {
      result = call.call();
    } catch (Throwable e) {
      failure = e;
    }
    outcome.complete(new Outcome(result, failure, Thread.currentThread().isInterrupted()));
  }

  /** Returns when the thread is parked. */
  BlockedCall awaitWaiting() {
    Behaviour.await(
        () -> {
          Thread.State state = thread.getState();
          return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        });
    return this;
  }

  void interrupt() {
    thread.interrupt();
  }

  /** It ends soon, with the exception that says why, and the thread stays interrupted. */
  void assertInterrupts() throws Exception {
    interrupt();
    Outcome ended = outcome();
    assertNotNull(ended.failure(), () -> "it returned " + ended.result());
    assertEquals(CallInterruptedException.class, ended.failure().getClass());
    assertTrue(ended.isInterrupted());
  }

  Outcome outcome() throws Exception {
    return outcome.get(20, TimeUnit.SECONDS);
  }
}
