package dev.midge.nats.java;

import static dev.midge.nats.java.Behaviour.await;
import static dev.midge.nats.java.Behaviour.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectionState;
import dev.midge.nats.NatsConnectionPool;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.PoolSelection;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import dev.midge.nats.serialization.TypedMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupting a thread that waits ends its call, and leaves nothing behind. */
class InterruptAndCancelIT {
  private static final Subject FILL = new Subject("fill");
  private static final Duration HOUR = Duration.ofHours(1);

  private final PausedServer server = new PausedServer();
  private final NatsClient nats = NatsClient.connect(server.options());
  private final NatsClient other = NatsClient.connect(server.url());

  @AfterEach
  void close() {
    server.resume();
    nats.close();
    other.close();
    server.close();
  }

  /** The client works as before. */
  private void assertWorks() {
    nats.flush();
    assertEquals(0, nats.stats().pendingRequests());
    assertEquals(ConnectionState.Connected, nats.state());
  }

  @Test
  void aRequest() throws Exception {
    Subscription<NatsMessage> silent = other.subscribe("silent");
    other.flush();
    BlockedCall call = BlockedCall.begin(() -> nats.request("silent", bytes("x"), HOUR));
    NatsMessage request = silent.next().orElseThrow();
    assertEquals(1, nats.stats().pendingRequests());
    call.assertInterrupts();
    assertEquals(0, nats.stats().pendingRequests());
    other.publish(request.replyTo(), bytes("late"));
    other.flush();
    assertWorks();
  }

  /** Such a thread may write the request itself, to a channel that an interrupt must not close. */
  @Test
  void aRequestOfAThreadThatIsInterruptedAlready() throws Exception {
    other.respond("echo", NatsMessage::payload);
    other.subscribe("silent");
    other.flush();
    for (int i = 0; i < 100; i++) {
      assertEquals("x", nats.request("echo", bytes("x"), HOUR).text());
      BlockedCall.begin(
              () -> {
                Thread.currentThread().interrupt();
                nats.request("silent", bytes("x"), HOUR);
              })
          .assertInterrupts();
    }
    assertEquals(1, nats.stats().connects());
    assertWorks();
  }

  @Test
  void aStreamOfReplies() throws Exception {
    Subscription<NatsMessage> silent = other.subscribe("silent");
    other.flush();
    RequestManyLimits limits = RequestManyLimits.builder().total(HOUR).build();
    var replies = nats.requestMany("silent", bytes("x"), limits);
    BlockedCall call = BlockedCall.begin(() -> replies.toList());
    silent.next().orElseThrow();
    call.awaitWaiting().assertInterrupts();
    replies.close();
    await(() -> nats.stats().pendingRequests() == 0);
    assertWorks();
  }

  @Test
  void takingAMessageWhichIsNotLost() throws Exception {
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    BlockedCall.begin(() -> subscription.next()).awaitWaiting().assertInterrupts();
    BlockedCall.begin(() -> subscription.next(HOUR)).awaitWaiting().assertInterrupts();
    Subscription<TypedMessage<String>> typed = nats.subject("a", Codecs.text()).subscribe();
    BlockedCall.begin(() -> typed.next()).awaitWaiting().assertInterrupts();
    nats.publish("a", bytes("x"));
    assertEquals("x", subscription.next().orElseThrow().text());
    assertEquals("x", typed.next().orElseThrow().value());
  }

  @Test
  void aFlush() throws Exception {
    server.pause();
    BlockedCall.begin(() -> nats.flush(HOUR)).awaitWaiting().assertInterrupts();
    server.resume();
    assertWorks();
  }

  @Test
  void publishingIntoAFullBuffer() throws Exception {
    Subscription<NatsMessage> all = other.subscribe("*");
    other.flush();
    int published = server.fill(nats, FILL);
    byte[] payload = new byte[PausedServer.LARGE];
    BlockedCall single = BlockedCall.begin(() -> nats.publish("single", payload));
    BlockedCall part =
        BlockedCall.begin(() -> nats.publish("part", payload, 1, payload.length - 1));
    BlockedCall buffer = BlockedCall.begin(() -> nats.publish("buffer", ByteBuffer.wrap(payload)));
    BlockedCall batch =
        BlockedCall.begin(() -> nats.publishBatch(b -> b.publish("batch", payload)));
    BlockedCall request = BlockedCall.begin(() -> nats.request("request", payload, HOUR));
    BlockedCall written = BlockedCall.begin(() -> nats.publishWritten("written", payload));
    for (BlockedCall call : List.of(single, part, buffer, batch, request, written)) {
      call.awaitWaiting().assertInterrupts();
    }
    server.resume();
    assertWorks();
    other.flush();
    assertEquals(published, all.receivedMessages());
  }

  @Test
  void publishingInAnyFormWaitsForRoomAndIsSentThen() throws Exception {
    Subscription<NatsMessage> all = other.subscribe("waiting");
    other.flush();
    server.fill(nats, FILL);
    byte[] payload = new byte[PausedServer.LARGE];
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    List<BlockedCall> calls =
        List.of(
            BlockedCall.begin(() -> nats.publish("waiting", payload)),
            BlockedCall.begin(() -> nats.publish("waiting", payload, 1, payload.length - 1)),
            BlockedCall.begin(() -> nats.publish("waiting", buffer)));
    calls.forEach(BlockedCall::awaitWaiting);
    server.resume();
    for (BlockedCall call : calls) assertNull(call.outcome().failure());
    assertWorks();
    other.flush();
    assertEquals(3, all.receivedMessages());
    assertEquals(payload.length, buffer.remaining());
  }

  /** As an interrupted thread goes on publishing what need not wait. */
  @Test
  void publishingInAnyFormTakesNoNoticeIfThereIsRoom() throws Exception {
    Subscription<NatsMessage> all = other.subscribe("room");
    other.flush();
    BlockedCall call =
        BlockedCall.begin(
            () -> {
              Thread.currentThread().interrupt();
              nats.publish("room", bytes("x"));
              nats.publish("room", bytes("-x-"), 1, 1);
              nats.publish("room", ByteBuffer.wrap(bytes("x")));
            });
    assertNull(call.outcome().failure());
    assertTrue(call.outcome().isInterrupted());
    nats.flush();
    other.flush();
    assertEquals(3, all.receivedMessages());
  }

  @Test
  void waitingForTheEnd() throws Exception {
    BlockedCall waiting = BlockedCall.begin(() -> nats.awaitClosed());
    BlockedCall.begin(() -> nats.awaitClosed()).awaitWaiting().assertInterrupts();
    waiting.awaitWaiting();
    assertWorks();
    nats.close();
    assertNull(waiting.outcome().failure());
  }

  @Test
  void whatIsQueuedToBeWrittenIsSentAllTheSame() throws Exception {
    Subscription<NatsMessage> all = other.subscribe("written");
    other.flush();
    try (NatsClient roomy = NatsClient.connect(server.url())) {
      server.fillSocket(roomy, FILL);
      BlockedCall call = BlockedCall.begin(() -> roomy.publishWritten("written", bytes("x")));
      call.awaitWaiting().assertInterrupts();
      server.resume();
      roomy.flush();
    }
    other.flush();
    assertEquals(1, all.receivedMessages());
  }

  @Test
  void subscribingWithAFullBuffer() throws Exception {
    nats.flush();
    int before = nats.stats().subscriptions();
    server.fill(nats, FILL);
    BlockedCall call = BlockedCall.begin(() -> nats.subscribe("b".repeat(1_000)));
    call.awaitWaiting().interrupt();
    Throwable failure = call.outcome().failure();
    server.resume();
    assertWorks();
    // The operating system may have made room for so little.
    if (failure != null) assertEquals(CallInterruptedException.class, failure.getClass());
    assertEquals(before + (failure == null ? 1 : 0), nats.stats().subscriptions());
  }

  @Test
  void drainingASubscription() throws Exception {
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    nats.publish("a", bytes("x"));
    nats.flush();
    BlockedCall.begin(() -> subscription.drain(HOUR)).awaitWaiting().assertInterrupts();
    assertFalse(subscription.isActive());
    assertEquals(0, nats.stats().subscriptions());
    assertWorks();
  }

  @Test
  void drainingTheConnectionWhichIsClosedThen() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    nats.subscribe(
        "a",
        message -> {
          busy.countDown();
          assertTrue(release.await(20, TimeUnit.SECONDS));
        });
    nats.publish("a", bytes("x"));
    assertTrue(busy.await(20, TimeUnit.SECONDS));
    BlockedCall.begin(() -> nats.drain(HOUR)).awaitWaiting().assertInterrupts();
    await(() -> nats.state() == ConnectionState.Closed);
    release.countDown();
  }

  @Test
  void drainingAtItsVeryBeginning() throws Exception {
    for (int round = 0; round < 50; round++) {
      NatsClient single = NatsClient.connect(server.url());
      NatsClient pool =
          NatsClient.of(
              new NatsConnectionPool(
                  NatsOptions.builder().servers(server.url()).build(), 2, PoolSelection.BySubject));
      pool.connect();
      BlockedCall ofOne = BlockedCall.begin(() -> single.drain(HOUR));
      BlockedCall ofMany = BlockedCall.begin(() -> pool.drain(HOUR));
      ofOne.interrupt();
      ofMany.interrupt();
      ofOne.outcome();
      ofMany.outcome();
      await(() -> single.state() == ConnectionState.Closed);
      await(() -> pool.state() == ConnectionState.Closed);
    }
  }

  @Test
  void connectingWhichIsGivenUp() throws Exception {
    server.pause();
    NatsOptions patient = server.options().toBuilder().timeouts(t -> t.connect(HOUR)).build();
    BlockedCall.begin(() -> NatsClient.connect(patient)).awaitWaiting().assertInterrupts();
    server.resume();
    await(() -> server.connections() == 2);
    assertWorks();
  }

  @Test
  void closingWhichGoesOn() throws Exception {
    server.pause();
    BlockedCall.begin(() -> nats.close()).awaitWaiting().assertInterrupts();
    assertEquals(ConnectionState.Closed, nats.state());
    server.resume();
    await(() -> server.connections() == 1);
  }
}
