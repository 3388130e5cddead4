package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.internal.MessagePull;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The steps of {@link MessagePull}, one at a time; {@link MessagePullStressTest} mixes them. */
class MessagePullTest {
  private final WatchedFlow flow = new WatchedFlow();
  private final MessagePull<Integer> pull = MessagePull.inPlace(flow);

  @AfterEach
  void close() {
    flow.close();
  }

  @Test
  void anElementThatComesAfterTheTimeIsTheNextOne() throws Exception {
    assertNull(pull.poll(0));
    flow.publisher.submit(1);
    flow.awaitEmitted();
    flow.publisher.submit(2);
    assertEquals(1, pull.poll(0));
    assertEquals(2, pull.next());
  }

  @Test
  void theEndComesAfterTheLastElement() {
    assertNull(pull.poll(0));
    flow.publisher.submit(1);
    flow.close();
    assertEquals(1, pull.next());
    assertNull(pull.next());
    assertNull(pull.poll(TimeUnit.HOURS.toNanos(1)));
  }

  @Test
  void aFailureIsThrownOnceAndThenItHasEnded() throws Exception {
    assertNull(pull.poll(0));
    var cause = new UnsupportedOperationException("failed");
    flow.publisher.submit(1);
    flow.awaitEmitted();
    flow.publisher.closeExceptionally(cause);
    assertEquals(1, pull.next());
    // A copy of it, where assertions turn on the debug mode of kotlinx.coroutines.
    assertEquals(
        "failed", assertThrows(UnsupportedOperationException.class, pull::next).getMessage());
    assertNull(pull.next());
  }

  @Test
  void anInterruptedThreadLeavesTheElementToTheNextOne() throws Exception {
    Thread.currentThread().interrupt();
    assertThrows(CallInterruptedException.class, () -> pull.poll(Long.MAX_VALUE));
    assertTrue(Thread.interrupted());
    Thread.currentThread().interrupt();
    assertThrows(CallInterruptedException.class, pull::next);
    assertTrue(Thread.interrupted());
    flow.publisher.submit(1);
    assertEquals(1, pull.next());
  }

  @Test
  void cancellingEndsWhoeverWaits() throws Exception {
    assertNull(pull.poll(0));
    CompletableFuture<Integer> next = CompletableFuture.supplyAsync(pull::next);
    CompletableFuture<Integer> behind = CompletableFuture.supplyAsync(pull::next);
    pull.cancel();
    assertNull(next.get(10, TimeUnit.SECONDS));
    assertNull(behind.get(10, TimeUnit.SECONDS));
    assertTrue(flow.hasEnded());
  }

  @Test
  void cancellingEndsAFlowWhoseElementWasTaken() throws Exception {
    assertNull(pull.poll(0));
    flow.publisher.submit(1);
    assertEquals(1, pull.next());
    pull.cancel();
    assertTrue(flow.hasEnded());
    assertNull(pull.next());
  }

  @Test
  void cancellingForgetsAnElementThatNobodyCameFor() throws Exception {
    assertNull(pull.poll(0));
    flow.publisher.submit(1);
    flow.awaitEmitted();
    pull.cancel();
    assertTrue(flow.hasEnded());
    assertNull(pull.next());
  }

  @Test
  void cancellingForgetsAFailureThatNobodyCameFor() throws Exception {
    assertNull(pull.poll(0));
    flow.publisher.closeExceptionally(new UnsupportedOperationException("failed"));
    assertTrue(flow.hasEnded());
    pull.cancel();
    assertNull(pull.next());
  }

  @Test
  void discardingBeforeTheFirstCallTellsTheFlow() throws Exception {
    pull.discard();
    assertTrue(flow.hasEnded());
    assertNull(pull.next());
  }

  @Test
  void cancellingBeforeTheFirstCallCollectsNothing() {
    pull.cancel();
    pull.cancel();
    assertNull(pull.next());
    assertEquals(0, flow.publisher.getNumberOfSubscribers());
  }
}
