package dev.midge.nats.java;

import static dev.midge.nats.java.Behaviour.await;
import static dev.midge.nats.java.Behaviour.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.Overflow;
import dev.midge.nats.Subject;
import dev.midge.nats.testing.NatsServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads at work, of which some are interrupted again and again, at any moment. */
class InterruptStormIT {
  private static final int THREADS = 50;
  private static final int ROUNDS = 200;

  private final NatsServerProcess server = NatsServerProcess.start();
  private final NatsClient nats = NatsClient.connect(server.getUrl());
  private final NatsClient other = NatsClient.connect(server.getUrl());
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger interrupted = new AtomicInteger();

  @AfterEach
  void close() {
    nats.close();
    other.close();
    server.close();
  }

  /** Runs {@code step} until it is done; whoever was interrupted knows and goes on. */
  private List<BlockedCall> begin(int threads, Runnable step) {
    List<BlockedCall> begun = new ArrayList<>();
    for (int i = 0; i < threads; i++) begun.add(BlockedCall.begin(() -> repeat(step)));
    return begun;
  }

  private void repeat(Runnable step) {
    while (!done.get()) {
      try {
        step.run();
      } catch (CallInterruptedException e) {
        assertTrue(Thread.interrupted());
        interrupted.incrementAndGet();
      }
    }
  }

  private static void interruptSome(List<BlockedCall> calls) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 5; i++) calls.get(random.nextInt(calls.size())).interrupt();
      LockSupport.parkNanos(random.nextInt(2_000_000));
    }
  }

  private void finish(List<BlockedCall> calls) throws Exception {
    done.set(true);
    for (BlockedCall call : calls) {
      Throwable failure = call.outcome().failure();
      if (failure != null) throw new AssertionError("a thread has failed", failure);
    }
    assertTrue(interrupted.get() > 0);
  }

  @Test
  void requestsGetTheirOwnReplyOrNone() throws Exception {
    other.respond("echo", NatsMessage::payload);
    other.flush();
    AtomicInteger numbers = new AtomicInteger();
    List<BlockedCall> calls =
        begin(
            THREADS,
            () -> {
              String text = "" + numbers.incrementAndGet();
              assertEquals(text, nats.request("echo", bytes(text)).text());
            });
    interruptSome(calls);
    finish(calls);
    assertEquals(0, nats.stats().pendingRequests());
    assertEquals(1, nats.stats().subscriptions());
  }

  @Test
  void messagesAreTakenOnce() throws Exception {
    SubscribeOptions complete = SubscribeOptions.defaults().withOverflow(new Overflow.Suspend());
    Subscription<NatsMessage> subscription = nats.subscribe(new Subject("a"), complete);
    nats.flush();
    Queue<Integer> taken = new ConcurrentLinkedQueue<>();
    List<BlockedCall> calls =
        begin(
            8,
            () -> {
              Optional<NatsMessage> message = subscription.next();
              if (message.isEmpty()) done.set(true);
              message.ifPresent(it -> taken.add(Integer.valueOf(it.text())));
            });
    AtomicInteger published = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    BlockedCall publishing =
        BlockedCall.begin(
            () -> {
              while (!isOver.get()) other.publish("a", bytes("" + published.getAndIncrement()));
              other.flush();
            });
    interruptSome(calls);
    isOver.set(true);
    assertEquals(null, publishing.outcome().failure());
    nats.flush();
    await(() -> taken.size() == published.get());
    subscription.close();
    finish(calls);
    List<Integer> expected = IntStream.range(0, published.get()).boxed().toList();
    assertEquals(expected, taken.stream().sorted().toList());
  }

  @Test
  void everyCallIsDoneAsAWholeOrNotAtAll() throws Exception {
    Subscription<NatsMessage> all = other.subscribe("count");
    other.flush();
    AtomicInteger sent = new AtomicInteger();
    List<BlockedCall> calls =
        begin(
            THREADS / 2,
            () -> {
              nats.publish("count", new byte[2_000]);
              sent.incrementAndGet();
              nats.ping();
            });
    calls.addAll(begin(THREADS / 2, () -> nats.subscribe("s").close()));
    interruptSome(calls);
    finish(calls);
    nats.flush();
    other.flush();
    assertEquals(sent.get(), all.receivedMessages());
  }
}
