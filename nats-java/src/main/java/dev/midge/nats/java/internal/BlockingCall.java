package dev.midge.nats.java.internal;

import dev.midge.nats.DrainTimeoutException;
import dev.midge.nats.FlushTimeoutException;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOperations;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.RequestTimeoutException;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.Subject;
import dev.midge.nats.java.CallInterruptedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.Job;
import org.jspecify.annotations.Nullable;

/**
 * Runs a suspending call for a thread that waits until it has ended. Parks, and holds no monitor: a
 * virtual thread leaves its carrier to others meanwhile.
 *
 * <p>INVARIANT: {@code result} and {@code failure} are written before {@code ended}, which is
 * written once, by whoever ends the call; the thread reads them after it.
 */
public final class BlockingCall<T> implements BiConsumer<T, Throwable> {
  private final Thread thread = Thread.currentThread();
  private @Nullable T result;
  private @Nullable Throwable failure;
  private volatile boolean ended;

  private BlockingCall() {}

  /** Returns what {@code call} does, or throws what it throws. */
  public static <T> T await(SuspendCall<T> call) {
    return await(call, Threads.FOR_WAITING);
  }

  /** As {@link #await}, for calls that may go on wherever they are woken. */
  public static <T> T awaitInPlace(SuspendCall<T> call) {
    return await(call, InPlace.INSTANCE);
  }

  /**
   * The reply to a request. If there is nothing to wait for but that, the thread waits itself and
   * no coroutine is made.
   */
  public static NatsMessage request(
      NatsOperations nats,
      Subject subject,
      byte[] payload,
      Headers headers,
      @Nullable Duration timeout) {
    NatsOperations connection = Timed.carrying(nats, subject);
    NatsMessage reply = requestOnThread(connection, subject, payload, headers, timeout);
    if (reply != null) return reply;
    return awaitInPlace(c -> Timed.request(connection, subject, payload, headers, timeout, c));
  }

  /** The reply to a request by this thread; {@code null} if it needs a coroutine. */
  private static @Nullable NatsMessage requestOnThread(
      NatsOperations nats,
      Subject subject,
      byte[] payload,
      Headers headers,
      @Nullable Duration timeout) {
    try {
      return Timed.requestOnThread(nats, subject, payload, headers, timeout);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (NatsException e) {
      throw withCaller(e);
    }
  }

  private static <T> T await(SuspendCall<T> call, CoroutineContext place) {
    BlockingCall<T> waiting = new BlockingCall<>();
    Job job = Coroutines.job();
    Object now = call.call(new CallEnd<>(job, place, waiting));
    if (now == Coroutines.SUSPENDED) return waiting.await(job);
    @SuppressWarnings("unchecked")
    T result = (T) now;
    return result;
  }

  @Override
  public void accept(@Nullable T result, @Nullable Throwable failure) {
    this.result = result;
    this.failure = failure;
    ended = true;
    LockSupport.unpark(thread);
  }

  private T await(Job job) {
    boolean interrupted = false;
    while (!ended) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        interrupted = true;
        job.cancel(null);
      }
    }
    if (interrupted) thread.interrupt();
    if (failure != null) throw thrown(failure, interrupted);
    return result;
  }

  private static CallInterruptedException interrupted(Throwable cause) {
    Thread.currentThread().interrupt();
    return new CallInterruptedException(
        "the thread was interrupted; the call was cancelled", cause);
  }

  private static RuntimeException thrown(Throwable failure, boolean interrupted) {
    if (interrupted && failure instanceof CancellationException) {
      return interrupted(failure);
    }
    if (failure instanceof NatsException e) return withCaller(e);
    if (failure instanceof RuntimeException e) return e;
    if (failure instanceof Error e) throw e;
    return new IllegalStateException(failure);
  }

  /**
   * Shows where the call was made, and not who noticed how it ended, if the exception is this
   * call's alone.
   */
  private static NatsException withCaller(NatsException e) {
    boolean isOwn =
        e instanceof RequestTimeoutException
            || e instanceof NoRespondersException
            || e instanceof ServiceErrorException
            || e instanceof FlushTimeoutException
            || e instanceof DrainTimeoutException;
    if (isOwn) {
      StackTraceElement[] frames =
          Arrays.stream(Thread.currentThread().getStackTrace())
              .skip(1)
              .dropWhile(frame -> frame.getClassName().equals(BlockingCall.class.getName()))
              .toArray(StackTraceElement[]::new);
      e.setStackTrace(frames);
    }
    return e;
  }
}
