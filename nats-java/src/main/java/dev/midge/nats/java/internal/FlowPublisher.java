package dev.midge.nats.java.internal;

import java.util.Objects;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.JobKt;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;
import org.jspecify.annotations.Nullable;

/**
 * A Flow for Reactive Streams. Each subscriber collects for itself, from before {@code subscribe}
 * returns; all calls but {@code onSubscribe} come in the dispatcher.
 *
 * <p>The adapter of kotlinx-coroutines begins with the first request only, calls subscribers that
 * are still busy with {@code onSubscribe}, and takes no notice of requests for nothing.
 */
public final class FlowPublisher<T> implements Publisher<T> {
  private final Flow<? extends T> flow;
  private final CoroutineDispatcher dispatcher;

  /** Of {@code flow}, which is collected in {@code dispatcher}. */
  public FlowPublisher(Flow<? extends T> flow, CoroutineDispatcher dispatcher) {
    this.flow = flow;
    this.dispatcher = dispatcher;
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    new Delivery<T>(subscriber, dispatcher).begin(flow, subscriber);
  }

  /**
   * For one subscriber.
   *
   * <p>INVARIANTS
   *
   * <ul>
   *   <li>The Flow's coroutine is in one place: in the Flow, in {@code onNext}, or in {@code
   *       waiting}, where it also ends. Who takes it from there, once, has it go on in the
   *       dispatcher.
   *   <li>Nothing but {@code onSubscribe} is called before {@code introduced}.
   *   <li>Whoever takes the subscriber out of {@code listening} makes the last call, or sees to it
   *       that there is none.
   * </ul>
   */
  private static final class Delivery<T> implements Subscription, FlowCollector<T> {
    private final CoroutineDispatcher dispatcher;
    private final CallEnd<Unit> end;
    private final AtomicReference<@Nullable Subscriber<? super T>> listening;
    private final AtomicReference<@Nullable Waiting<T>> waiting = new AtomicReference<>();
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean introduced;
    private volatile @Nullable IllegalArgumentException violation;

    /** What the subscriber has thrown: the coroutine's alone. */
    private @Nullable Throwable thrown;

    Delivery(Subscriber<? super T> subscriber, CoroutineDispatcher dispatcher) {
      this.dispatcher = dispatcher;
      listening = new AtomicReference<>(subscriber);
      end = new CallEnd<>(Coroutines.job(), dispatcher, (unit, e) -> park(Waiting.atEnd(e)));
    }

    void begin(Flow<? extends T> flow, Subscriber<? super T> subscriber) {
      collect(flow);
      try {
        subscriber.onSubscribe(this);
      } catch (Throwable e) {
        cancel();
        throw e;
      } finally {
        introduced = true;
        goOn();
      }
    }

    private void collect(Flow<? extends T> flow) {
      try {
        Object now = flow.collect(this, end);
        if (now != Coroutines.SUSPENDED) park(Waiting.atEnd(null));
      } catch (Throwable e) {
        park(Waiting.atEnd(e));
      }
    }

    @Override
    public Object emit(T element, Continuation<? super Unit> continuation) {
      if (introduced && requested.get() > 0) {
        pass(element);
        return Unit.INSTANCE;
      }
      park(Waiting.with(element, continuation));
      return Coroutines.SUSPENDED;
    }

    private void pass(T element) {
      JobKt.ensureActive(end.getJob());
      requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
      Subscriber<? super T> subscriber = listening.get();
      if (subscriber == null) return;
      try {
        subscriber.onNext(element);
      } catch (Throwable e) {
        // A subscriber that throws has cancelled.
        listening.set(null);
        thrown = e;
        throw e;
      }
    }

    private void park(Waiting<T> next) {
      waiting.set(next);
      goOn();
    }

    /** Has the coroutine go on if it waits for nothing any more. */
    private void goOn() {
      Waiting<T> next = waiting.get();
      if (next == null || !introduced) return;
      boolean isWanted = next.isEnd() || requested.get() > 0 || end.getJob().isCancelled();
      if (isWanted && waiting.compareAndSet(next, null)) {
        dispatcher.dispatch(end.getContext(), () -> goOn(next));
      }
    }

    private void goOn(Waiting<T> next) {
      if (next.isEnd()) {
        finish(next.failure());
        return;
      }
      try {
        pass(next.element());
      } catch (Throwable e) {
        Coroutines.fail(next.continuation(), e);
        return;
      }
      Coroutines.resume(next.continuation());
    }

    private void finish(@Nullable Throwable failure) {
      Subscriber<? super T> subscriber = listening.getAndSet(null);
      Throwable cause = violation != null ? violation : failure;
      if (subscriber == null) {
        if (thrown != null) Threads.uncaught(thrown);
      } else if (cause == null) {
        subscriber.onComplete();
      } else {
        subscriber.onError(cause);
      }
    }

    @Override
    public void request(long n) {
      if (n > 0) {
        requested.updateAndGet(before -> before > Long.MAX_VALUE - n ? Long.MAX_VALUE : before + n);
      } else {
        violation =
            new IllegalArgumentException(
                n
                    + " elements were requested; it has to be 1 or more (Reactive Streams, rule 3.9)");
        end.getJob().cancel(null);
      }
      goOn();
    }

    @Override
    public void cancel() {
      listening.set(null);
      end.getJob().cancel(null);
      goOn();
    }
  }

  /** What of a Flow waits for its subscriber: an element with what comes after it, or the end. */
  private record Waiting<T>(
      @Nullable T element,
      @Nullable Continuation<? super Unit> continuation,
      @Nullable Throwable failure) {
    static <T> Waiting<T> with(T element, Continuation<? super Unit> continuation) {
      return new Waiting<>(element, continuation, null);
    }

    static <T> Waiting<T> atEnd(@Nullable Throwable failure) {
      return new Waiting<>(null, null, failure);
    }

    boolean isEnd() {
      return continuation == null;
    }
  }
}
