package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscribers that ask from several threads and cancel at any moment, while others emit. */
class FlowPublisherStressTest {
  private static final int ROUNDS = 300;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  @Test
  void eachElementComesOnceInOrderAndAfterItWasAskedFor() throws Exception {
    int elements = 50_000;
    try (WatchedFlow flow = new WatchedFlow()) {
      Strict subscriber = subscribed(flow);
      Future<?> first = threads.submit(() -> askFor(subscriber, elements / 2));
      Future<?> second = threads.submit(() -> askFor(subscriber, elements / 2));
      for (int i = 0; i < elements; i++) flow.publisher.submit(i);
      flow.publisher.close();
      assertTrue(subscriber.end.get(30, TimeUnit.SECONDS));
      first.get();
      second.get();
      assertEquals(IntStream.range(0, elements).boxed().toList(), subscriber.elements);
      assertFalse(subscriber.isBroken.get());
    }
  }

  @Test
  void anElementAndTheRequestForItMeet() throws Exception {
    try (WatchedFlow flow = new WatchedFlow()) {
      Strict subscriber = subscribed(flow);
      for (int i = 0; i < 50 * ROUNDS; i++) {
        flow.publisher.submit(i);
        // The Flow's thread is on its way to see that nobody has asked.
        for (int n = i % 64; n > 0; n--) Thread.onSpinWait();
        askFor(subscriber, 1);
        assertTrue(subscriber.arrived.tryAcquire(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void cancellingAtAnyMomentEndsTheFlow() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (WatchedFlow flow = new WatchedFlow()) {
        Strict subscriber = subscribed(flow);
        int cancelledAfter = ThreadLocalRandom.current().nextInt(100);
        Future<?> asking = threads.submit(() -> askFor(subscriber, 50));
        Future<?> cancelling = null;
        for (int i = 0; i < 100; i++) {
          if (i == cancelledAfter) cancelling = threads.submit(subscriber.subscription::cancel);
          flow.publisher.offer(i, null);
        }
        cancelling.get();
        asking.get();
        assertTrue(flow.hasEnded());
        assertFalse(subscriber.isBroken.get());
        assertFalse(subscriber.end.isDone());
      }
    }
  }

  private Strict subscribed(WatchedFlow flow) {
    Strict subscriber = new Strict();
    new FlowPublisher<>(flow, Threads.of(threads)).subscribe(subscriber);
    return subscriber;
  }

  private static void askFor(Strict subscriber, int count) {
    int left = count;
    while (left > 0) {
      int asked = ThreadLocalRandom.current().nextInt(1, Math.min(left, 20) + 1);
      left -= asked;
      subscriber.asked.addAndGet(asked);
      subscriber.subscription.request(asked);
      if (asked % 3 == 0) Thread.yield();
    }
  }

  /** Sees whether calls overlap, come unasked or after the end. */
  private static final class Strict implements Flow.Subscriber<Integer> {
    final List<Integer> elements = new ArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    final CompletableFuture<Boolean> end = new CompletableFuture<>();
    final AtomicBoolean isBroken = new AtomicBoolean();
    final Semaphore arrived = new Semaphore(0);
    private final AtomicBoolean isCalled = new AtomicBoolean();
    private volatile Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(Integer element) {
      enter();
      elements.add(element);
      if (elements.size() > asked.get()) isBroken.set(true);
      isCalled.set(false);
      arrived.release();
    }

    @Override
    public void onError(Throwable failure) {
      enter();
      end.complete(false);
    }

    @Override
    public void onComplete() {
      enter();
      end.complete(true);
    }

    private void enter() {
      if (!isCalled.compareAndSet(false, true)) isBroken.set(true);
    }
  }
}
