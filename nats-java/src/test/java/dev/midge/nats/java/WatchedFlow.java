package dev.midge.nats.java;

import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Flows;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowCollector;

/** A Flow of what a publisher emits from its own threads, that can be seen to emit and to end. */
final class WatchedFlow implements Flow<Integer>, AutoCloseable {
  final SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>();
  private final Flow<Integer> flow = Flows.of(publisher);
  private final Semaphore emitted = new Semaphore(0);
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public Object collect(
      FlowCollector<? super Integer> collector, Continuation<? super Unit> completion) {
    FlowCollector<Integer> watched =
        (element, continuation) -> {
          try {
            return collector.emit(element, continuation);
          } finally {
            emitted.release();
          }
        };
    Object now = flow.collect(watched, new Watched(completion));
    if (now != Coroutines.SUSPENDED) ended.countDown();
    return now;
  }

  void awaitEmitted() throws InterruptedException {
    if (!emitted.tryAcquire(10, TimeUnit.SECONDS)) throw new AssertionError("nothing was emitted");
  }

  boolean hasEnded() throws InterruptedException {
    return ended.await(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    publisher.close();
  }

  private final class Watched implements Continuation<Unit> {
    private final Continuation<? super Unit> completion;

    Watched(Continuation<? super Unit> completion) {
      this.completion = completion;
    }

    @Override
    public CoroutineContext getContext() {
      return completion.getContext();
    }

    @Override
    public void resumeWith(Object result) {
      completion.resumeWith(result);
      ended.countDown();
    }
  }
}
