package dev.midge.nats.java.internal;

import dev.midge.nats.java.CallInterruptedException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
 * counts as handled when the next one is asked for, or {@link #handled} is called.
 *
 * <p>INVARIANTS
 *
 * <ul>
 *   <li>{@code step} goes from {@code RESTING} to {@code ASKED} and from {@code ARRIVED} to {@code
 *       RESTING} by the holder of {@code lock}, from {@code ASKED} to {@code ARRIVED} by the Flow's
 *       coroutine, and from any of them to {@code CANCELLED}, where it stays.
 *   <li>The coroutine runs only while {@code ASKED}, and after {@code CANCELLED} to its end; it
 *       writes {@code element}, {@code parked}, {@code hasEnded} and {@code failure} before the
 *       step to {@code ARRIVED}, and others touch them after it.
 *   <li>Whoever makes the step away from {@code ARRIVED} and {@code RESTING} decides how {@code
 *       parked} goes on. A coroutine that cannot make its own step ends itself.
 * </ul>
 *
 * <p>Tested by {@code MessagePullTest} and {@code MessagePullStressTest}.
 */
public final class MessagePull<T> implements FlowCollector<T> {
  private enum Step {
    RESTING,
    ASKED,
    ARRIVED,
    CANCELLED
  }

  private final Flow<T> flow;
  private final Job job = Coroutines.job();
  private final CoroutineContext place;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<Step> step = new AtomicReference<>(Step.RESTING);

  private boolean started;
  private boolean hasEnded;
  private @Nullable T element;
  private @Nullable Continuation<? super Unit> parked;
  private @Nullable Throwable failure;
  private volatile @Nullable Thread waiting;

  private MessagePull(Flow<T> flow, CoroutineContext place) {
    this.flow = flow;
    this.place = place;
  }

  /** Of a Flow that may go on wherever it is woken: it runs no code of the user. */
  public static <T> MessagePull<T> inPlace(Flow<T> flow) {
    return new MessagePull<>(flow, InPlace.INSTANCE);
  }

  /** Of any Flow. */
  public static <T> MessagePull<T> of(Flow<T> flow) {
    return new MessagePull<>(flow, Threads.FOR_WAITING);
  }

  /** The next element, or {@code null} at the end of the Flow; throws what ended it. */
  public @Nullable T next() {
    return take(false, 0);
  }

  /**
   * As {@link #next}, but also {@code null} when {@code timeout} has passed; nothing is lost then.
   */
  public @Nullable T poll(Duration timeout) {
    return poll(nanos(timeout));
  }

  /** As the one with a duration. */
  public @Nullable T poll(long nanos) {
    return take(true, nanos);
  }

  /** As many as there are, or as a {@code long} holds, which is 292 years. */
  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  /** The element taken last has been handled, before the next one is asked for. */
  public void handled() {
    // If somebody holds the lock, they are asking for the next one.
    if (!lock.tryLock()) return;
    try {
      if (!hasEnded && step.compareAndSet(Step.RESTING, Step.ASKED)) goOn();
    } finally {
      lock.unlock();
    }
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
      if (step.get() == Step.RESTING) {
        if (hasEnded || !step.compareAndSet(Step.RESTING, Step.ASKED)) return null;
        goOn();
      }
      if (!awaitArrival(isTimed, deadline)) return null;
      return taken();
    } finally {
      lock.unlock();
    }
  }

  private void goOn() {
    if (started) {
      Continuation<? super Unit> waiting = parked;
      parked = null;
      Coroutines.resume(waiting);
      return;
    }
    started = true;
    Object now;
    try {
      now = flow.collect(this, new CallEnd<Unit>(job, place, (unit, e) -> end(e)));
    } catch (Throwable e) {
      end(e);
      return;
    }
    if (now != Coroutines.SUSPENDED) end(null);
  }

  @Override
  public Object emit(T value, Continuation<? super Unit> continuation) {
    element = value;
    parked = continuation;
    if (!arrive()) throw abandoned();
    return Coroutines.SUSPENDED;
  }

  private void end(@Nullable Throwable cause) {
    failure = cause;
    hasEnded = true;
    arrive();
  }

  /** Whether somebody may still come for what has arrived. */
  private boolean arrive() {
    boolean isWanted = step.compareAndSet(Step.ASKED, Step.ARRIVED);
    wake();
    return isWanted;
  }

  private void wake() {
    Thread thread = waiting;
    if (thread != null) LockSupport.unpark(thread);
  }

  private boolean awaitArrival(boolean isTimed, long deadline) {
    if (step.get() != Step.ASKED) return true;
    waiting = Thread.currentThread();
    try {
      while (step.get() == Step.ASKED) {
        if (!isTimed) {
          LockSupport.park(this);
        } else {
          long left = deadline - System.nanoTime();
          if (left <= 0) return false;
          LockSupport.parkNanos(this, left);
        }
        if (step.get() == Step.ASKED && Thread.interrupted()) throw interrupted();
      }
      return true;
    } finally {
      waiting = null;
    }
  }

  private @Nullable T taken() {
    T taken = element;
    Throwable cause = failure;
    if (!step.compareAndSet(Step.ARRIVED, Step.RESTING)) return null;
    element = null;
    failure = null;
    if (taken != null) return taken;
    if (cause instanceof RuntimeException e) throw e;
    if (cause instanceof Error e) throw e;
    if (cause != null) throw new IllegalStateException(cause);
    return null;
  }

  /**
   * Gives up: what has not been taken is forgotten, the Flow is cancelled, and whoever waits is
   * told that it has ended. Waits for nobody.
   */
  public void cancel() {
    giveUp();
  }

  /** As {@link #cancel}; a Flow that holds elements before it is collected forgets them, too. */
  public void discard() {
    if (giveUp() == Step.RESTING && !started) goOn();
  }

  private Step giveUp() {
    Step before = step.getAndSet(Step.CANCELLED);
    job.cancel(null);
    wake();
    boolean isParked = before == Step.RESTING || before == Step.ARRIVED;
    Continuation<? super Unit> left = isParked ? parked : null;
    if (left != null) Coroutines.fail(left, abandoned());
    return before;
  }

  private static CancellationException abandoned() {
    return new CancellationException("nobody takes the messages any more");
  }

  private static CallInterruptedException interrupted() {
    Thread.currentThread().interrupt();
    return new CallInterruptedException(
        "the thread was interrupted while it waited for a message; none is lost", null);
  }
}
