package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.internal.MessagePull;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import kotlinx.coroutines.flow.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that take, give up and are interrupted at any moment, while others emit and cancel. */
class MessagePullStressTest {
  private static final int TAKERS = 4;
  private static final int ROUNDS = 400;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Thread> takers = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachElementIsTakenOnceAndInOrder(boolean isInPlace) throws Exception {
    int elements = 100_000;
    try (WatchedFlow flow = new WatchedFlow()) {
      MessagePull<Integer> pull = pull(isInPlace).apply(flow);
      // What is emitted before nobody is there to get.
      pull.poll(0);
      List<Future<List<Integer>>> takings = startTakers(pull);
      AtomicBoolean done = new AtomicBoolean();
      Future<?> interrupting = threads.submit(() -> interruptUntil(done));
      for (int i = 0; i < elements; i++) flow.publisher.submit(i);
      flow.publisher.close();
      List<Integer> all = inOrder(takings);
      done.set(true);
      interrupting.get();
      assertEquals(IntStream.range(0, elements).boxed().toList(), all.stream().sorted().toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cancellingAtAnyMomentEndsTheFlowAndEveryTaker(boolean isInPlace) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (WatchedFlow flow = new WatchedFlow()) {
        MessagePull<Integer> pull = pull(isInPlace).apply(flow);
        pull.poll(0);
        List<Future<List<Integer>>> takings = startTakers(pull);
        int cancelledAfter = ThreadLocalRandom.current().nextInt(200);
        Future<?> cancelling = null;
        for (int i = 0; i < 200; i++) {
          if (i == cancelledAfter) cancelling = threads.submit(pull::cancel);
          flow.publisher.offer(i, null);
        }
        List<Integer> all = inOrder(takings);
        cancelling.get();
        assertTrue(flow.hasEnded());
        assertEquals(all.stream().distinct().count(), all.size());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cancellingEndsAFlowWhoseElementNobodyWaitsFor(boolean isInPlace) throws Exception {
    for (int round = 0; round < 5 * ROUNDS; round++) {
      try (WatchedFlow flow = new WatchedFlow()) {
        MessagePull<Integer> pull = pull(isInPlace).apply(flow);
        pull.poll(0);
        CyclicBarrier together = new CyclicBarrier(2);
        Future<?> cancelling =
            threads.submit(
                () -> {
                  together.await();
                  pull.cancel();
                  return null;
                });
        together.await();
        flow.publisher.submit(1);
        cancelling.get();
        assertTrue(flow.hasEnded());
      }
    }
  }

  private Function<Flow<Integer>, MessagePull<Integer>> pull(boolean isInPlace) {
    return isInPlace ? MessagePull::inPlace : MessagePull::of;
  }

  private List<Future<List<Integer>>> startTakers(MessagePull<Integer> pull) {
    List<Future<List<Integer>>> takings = new ArrayList<>();
    for (int i = 0; i < TAKERS; i++) takings.add(threads.submit(taker(pull)));
    return takings;
  }

  /** Takes until the end, which only {@code next} can tell from a time that is over. */
  private Callable<List<Integer>> taker(MessagePull<Integer> pull) {
    return () -> {
      synchronized (takers) {
        takers.add(Thread.currentThread());
      }
      List<Integer> taken = new ArrayList<>();
      ThreadLocalRandom random = ThreadLocalRandom.current();
      while (true) {
        int choice = random.nextInt(4);
        try {
          Integer element = choice == 0 ? pull.next() : pull.poll(random.nextInt(choice * 20_000));
          if (element != null) taken.add(element);
          if (element == null && choice == 0) break;
        } catch (CallInterruptedException e) {
          assertTrue(Thread.interrupted());
        }
      }
      synchronized (takers) {
        takers.remove(Thread.currentThread());
      }
      return taken;
    };
  }

  private void interruptUntil(AtomicBoolean done) {
    while (!done.get()) {
      synchronized (takers) {
        if (takers.isEmpty()) continue;
        takers.get(ThreadLocalRandom.current().nextInt(takers.size())).interrupt();
      }
      Thread.yield();
    }
  }

  private static List<Integer> inOrder(List<Future<List<Integer>>> takings) throws Exception {
    List<Integer> all = new ArrayList<>();
    for (Future<List<Integer>> taking : takings) {
      List<Integer> taken = taking.get(30, TimeUnit.SECONDS);
      assertEquals(taken.stream().sorted().toList(), taken);
      all.addAll(taken);
    }
    return all;
  }
}
