package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.Nats;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.NatsStats;
import dev.midge.nats.testing.fixtures.RefusedPort;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The life of a connection, and what it tells of itself. */
abstract class LifeBehaviour extends Behaviour {
  LifeBehaviour(Callable<TestServer> start) {
    super(start);
  }

  @Test
  void itGoesFromIdleToClosed() {
    NatsClient client = NatsClient.create(NatsOptions.builder().servers(server.url()).build());
    assertEquals(ConnectionState.Idle, client.state());
    assertTrue(client.serverInfo().isEmpty());
    client.connect();
    client.connect();
    assertEquals(ConnectionState.Connected, client.state());
    assertFalse(client.serverInfo().orElseThrow().serverId().isEmpty());
    client.close();
    client.close();
    client.drain();
    assertEquals(ConnectionState.Closed, client.state());
    assertThrows(ConnectionClosedException.class, client::connect);
    assertThrows(ConnectionClosedException.class, client::reconnect);
  }

  @Test
  void connectingThatFailsSaysSo() {
    assertThrows(IllegalArgumentException.class, () -> NatsClient.connect("nats://a b"));
    try (RefusedPort nobody = new RefusedPort();
        NatsClient client =
            NatsClient.create(NatsOptions.builder().servers(nobody.getUrl()).build())) {
      assertThrows(ConnectFailedException.class, () -> NatsClient.connect(nobody.getUrl()));
      assertThrows(ConnectFailedException.class, client::connect);
      assertThrows(ConnectFailedException.class, () -> client.publish("a", bytes("x")));
      assertEquals(ConnectionState.Idle, client.state());
    }
  }

  @Test
  void listenersHearEverythingAfterTheirRegistration() throws Exception {
    LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
    try (EventRegistration listening = nats.onEvent(events::add)) {
      assertNotNull(listening);
      nats.reconnect();
      assertInstanceOf(NatsEvent.Reconnected.class, taken(events));
    }
    LinkedBlockingQueue<NatsEvent> others = new LinkedBlockingQueue<>();
    nats.onEvent(others::add);
    nats.close();
    assertInstanceOf(NatsEvent.Closed.class, taken(others));
    assertTrue(events.isEmpty());
  }

  @Test
  void aListenerThatThrowsGetsTheNextEvent() throws Exception {
    CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.complete(e));
    LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
    Error failure = new Error("of a listener");
    try {
      nats.onEvent(
          event -> {
            events.add(event);
            if (event instanceof NatsEvent.Reconnected) throw failure;
          });
      nats.reconnect();
      nats.close();
      assertInstanceOf(NatsEvent.Reconnected.class, taken(events));
      assertInstanceOf(NatsEvent.Closed.class, taken(events));
      assertSame(failure, uncaught.get(10, TimeUnit.SECONDS));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void eventsComeFromTheMomentOfSubscribingAndEndWithTheConnection() throws Exception {
    AskingSubscriber<NatsEvent> events = new AskingSubscriber<>();
    AskingSubscriber<ConnectionState> states = new AskingSubscriber<>();
    nats.events().subscribe(events);
    nats.states().subscribe(states);
    nats.close();
    events.request(Long.MAX_VALUE);
    assertInstanceOf(NatsEvent.Closed.class, events.element());
    assertTrue(events.end().isEmpty());
    states.request(Long.MAX_VALUE);
    ConnectionState state = states.element();
    if (state != ConnectionState.Closed) assertEquals(ConnectionState.Closed, states.element());
    AskingSubscriber<NatsEvent> late = new AskingSubscriber<>();
    nats.events().subscribe(late);
    assertTrue(late.end().isEmpty());
  }

  @Test
  void itCountsWhatItDoes() {
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    nats.publish("a", bytes("x"));
    nats.publish("b", bytes("x"));
    nats.flush();
    // The PONG may come before the writer has noted that its last batch was taken.
    await(() -> nats.stats().pendingMessages() == 0);
    NatsStats stats = nats.stats();
    assertEquals(2, stats.sentMessages());
    assertEquals(1, stats.receivedMessages());
    assertEquals(1, stats.subscriptions());
    assertEquals(1, stats.connects());
    assertEquals(0, stats.pendingMessages());
    assertTrue(stats.sentBytes() > 0 && stats.receivedBytes() > 0);
    subscription.close();
    assertEquals(0, nats.stats().subscriptions());
  }

  @Test
  void drainingHandlesWhatWasReceivedAndSendsWhatWasPublished() throws Exception {
    CountDownLatch published = new CountDownLatch(1);
    LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
    try (NatsClient other = NatsClient.connect(server.url())) {
      Subscription<NatsMessage> answers = other.subscribe("answers");
      other.flush();
      nats.subscribe(
          "a",
          message -> {
            assertTrue(published.await(10, TimeUnit.SECONDS));
            nats.publish("answers", message.payload());
            handled.add(message.text());
          });
      for (int i = 0; i < 100; i++) nats.publish("a", bytes("x"));
      published.countDown();
      nats.drain(LONG);
      assertEquals(100, handled.size());
      other.flush();
      assertEquals(100, answers.receivedMessages());
    }
  }

  @Test
  void theEndIsWaitedFor() {
    CompletableFuture<?> ended = nats.async().awaitClosed();
    CompletableFuture<?> waited = CompletableFuture.runAsync(nats::awaitClosed);
    nats.flush();
    assertFalse(ended.isDone() || waited.isDone());
    nats.drain();
    ended.orTimeout(10, TimeUnit.SECONDS).join();
    waited.orTimeout(10, TimeUnit.SECONDS).join();
    nats.awaitClosed();
  }

  @Test
  void aConnectionOfKotlinIsSeenByJava() {
    try (NatsClient kept = NatsClient.create(NatsOptions.builder().servers(server.url()).build())) {
      Nats kotlin = kept.toKotlin();
      NatsClient.of(kotlin).connect();
      assertEquals(ConnectionState.Connected, kept.state());
      NatsClient.of(kotlin).async().close().join();
      assertEquals(ConnectionState.Closed, kept.state());
    }
  }
}
