package dev.midge.nats.java;

import dev.midge.nats.java.internal.CallEnd;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.InPlace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import org.jspecify.annotations.Nullable;

/**
 * Takes the elements of a Flow one at a time, by threads that wait for them. The element in hand
 * counts as handled when the next one is asked for.
 *
 * <p>INVARIANTS
 *
 * <ul>
 *   <li>The Flow's coroutine runs only between {@code asked} becoming true and {@code arrived}
 *       becoming true; it writes {@code element}, {@code parked}, {@code hasEnded} and {@code
 *       failure} before {@code arrived}, and whoever polls reads them after it.
 *   <li>{@code asked} and what follows from it belong to the holder of {@code lock}.
 * </ul>
 *
 * <p>Tested by {@code MessagePullTest}.
 */
final class MessagePull<T> implements FlowCollector<T> {
  private final Flow<T> flow;
  private final Job job = Coroutines.job();
  private final CoroutineContext place;
  private final ReentrantLock lock = new ReentrantLock();

  private boolean started;
  private boolean asked;
  private @Nullable T element;
  private @Nullable Continuation<? super Unit> parked;
  private @Nullable Throwable failure;
  private volatile boolean hasEnded;
  private volatile boolean arrived;
  private volatile @Nullable Thread waiting;

  private MessagePull(Flow<T> flow, CoroutineContext place) {
    this.flow = flow;
    this.place = place;
  }

  /** Of a Flow that may go on wherever it is woken: it runs no code of the user. */
  static <T> MessagePull<T> inPlace(Flow<T> flow) {
    return new MessagePull<>(flow, InPlace.INSTANCE);
  }

  /** Of any Flow. */
  static <T> MessagePull<T> of(Flow<T> flow) {
    return new MessagePull<>(flow, Coroutines.FOR_HANDLERS);
  }

  /** Whether the last element has been taken. */
  boolean hasEnded() {
    return hasEnded && !lock.isLocked();
  }

  /** The next element, or {@code null} at the end of the Flow; throws what ended it. */
  @Nullable T next() {
    return take(false, 0);
  }

  /**
   * As {@link #next}, but also {@code null} when {@code nanos} have passed; nothing is lost then.
   */
  @Nullable T poll(long nanos) {
    return take(true, nanos);
  }

  private @Nullable T take(boolean isTimed, long nanos) {
    long deadline = System.nanoTime() + nanos;
    try {
      if (!isTimed) {
        lock.lockInterruptibly();
      } else if (!lock.tryLock() && !lock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try {
      if (hasEnded && !asked) return null;
      if (!asked) ask();
      if (!arrived && !awaitArrival(isTimed, deadline)) return null;
      return taken();
    } finally {
      lock.unlock();
    }
  }

  private void ask() {
    asked = true;
    arrived = false;
    if (!started) {
      started = true;
      CallEnd<Unit> end = new CallEnd<>(job, place, (unit, e) -> end(e));
      Object now;
      try {
        now = flow.collect(this, end);
      } catch (Throwable e) {
        end(e);
        return;
      }
      if (now != Coroutines.SUSPENDED) end(null);
    } else {
      Continuation<? super Unit> goOn = parked;
      parked = null;
      Coroutines.resume(goOn);
    }
  }

  @Override
  public Object emit(T value, Continuation<? super Unit> continuation) {
    element = value;
    parked = continuation;
    arrive();
    return Coroutines.SUSPENDED;
  }

  private void end(@Nullable Throwable cause) {
    // Cancelling is how whoever pulls gives up.
    if (!(cause instanceof CancellationException && job.isCancelled())) failure = cause;
    hasEnded = true;
    arrive();
  }

  private void arrive() {
    arrived = true;
    Thread thread = waiting;
    if (thread != null) LockSupport.unpark(thread);
  }

  private boolean awaitArrival(boolean isTimed, long deadline) {
    waiting = Thread.currentThread();
    try {
      while (!arrived) {
        if (!isTimed) {
          LockSupport.park(this);
        } else {
          long left = deadline - System.nanoTime();
          if (left <= 0) return false;
          LockSupport.parkNanos(this, left);
        }
        if (!arrived && Thread.interrupted()) throw interrupted();
      }
      return true;
    } finally {
      waiting = null;
    }
  }

  private @Nullable T taken() {
    asked = false;
    T taken = element;
    element = null;
    if (taken != null) return taken;
    Throwable cause = failure;
    failure = null;
    if (cause instanceof RuntimeException e) throw e;
    if (cause instanceof Error e) throw e;
    if (cause != null) throw new IllegalStateException(cause);
    return null;
  }

  /** Gives up: the Flow is cancelled, and whoever waits is told that it has ended. */
  void cancel() {
    job.cancel(null);
    lock.lock();
    try {
      if (asked || hasEnded) return;
      if (!started) {
        started = true;
        hasEnded = true;
        return;
      }
      asked = true;
      arrived = false;
      Coroutines.fail(parked, new CancellationException("nobody takes the messages any more"));
      // The coroutine's last steps may need another thread; nobody waits for them.
      asked = false;
      hasEnded = true;
    } finally {
      lock.unlock();
    }
  }

  private static CallInterruptedException interrupted() {
    Thread.currentThread().interrupt();
    return new CallInterruptedException(
        "the thread was interrupted while it waited for a message; none is lost", null);
  }
}
