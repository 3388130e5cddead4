package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.NatsConnectionPool;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.NatsShards;
import dev.midge.nats.PoolSelection;
import dev.midge.nats.ShardGroup;
import dev.midge.nats.Subject;
import dev.midge.nats.testing.fixtures.RefusedPort;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pools and shards. */
abstract class ManyConnectionsBehaviour extends Behaviour {
  private final Callable<TestServer> start;

  ManyConnectionsBehaviour(Callable<TestServer> start) {
    super(start);
    this.start = start;
  }

  private static NatsClient pool(String url, int size, PoolSelection selection) {
    return NatsClient.of(
        new NatsConnectionPool(NatsOptions.builder().servers(url).build(), size, selection));
  }

  private static ShardGroup group(String name, String url) {
    return new ShardGroup(NatsOptions.builder().servers(url).build(), name);
  }

  /** The same for whatever implements the operations. */
  private static void assertWorks(NatsOperations operations) {
    Subscription<NatsMessage> subscription = operations.subscribe("a.*");
    operations.respond("echo", NatsMessage::payload);
    operations.flush();
    for (int i = 0; i < 100; i++) operations.publish("a.b", bytes("" + i));
    List<String> expected = IntStream.range(0, 100).mapToObj(i -> "" + i).toList();
    assertEquals(expected, texts(subscription, 100));
    // Or a drain would wait for the message in hand.
    subscription.close();
    assertEquals("x", operations.request("echo", bytes("x")).text());
    assertEquals("x", operations.async().request(new Subject("echo"), bytes("x")).join().text());
    assertSame(operations, operations.async().blocking());
    assertTrue(operations.ping().toNanos() > 0);
    TypedSubject<String> texts = operations.subject("echo", Codecs.text());
    assertEquals("y", texts.request("y", Codecs.text()));
  }

  @Test
  void threadsThatRequestInTurnUseEveryConnection() {
    nats.respond("echo", NatsMessage::payload);
    nats.flush();
    try (NatsClient pool = pool(server.url(), 2, PoolSelection.RoundRobin)) {
      for (int i = 0; i < 4; i++) assertEquals("x", pool.request("echo", "x").text());
      for (NatsClient connection : pool.connections()) {
        assertEquals(ConnectionState.Connected, connection.state());
      }
    }
  }

  @Test
  void aPoolIsUsedAsOneConnection() throws Exception {
    LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
    NatsClient pool = pool(server.url(), 3, PoolSelection.BySubject);
    try (pool) {
      pool.connect();
      assertEquals(ConnectionState.Connected, pool.state());
      assertEquals(3, pool.connections().size());
      assertEquals(3, pool.stats().connects());
      assertWorks(pool);
      pool.onEvent(events::add);
      pool.connections().get(0).reconnect();
      assertInstanceOf(NatsEvent.Reconnected.class, taken(events));
      assertEquals(4, pool.stats().connects());
      pool.reconnect();
      for (int i = 0; i < 3; i++) assertInstanceOf(NatsEvent.Reconnected.class, taken(events));
      assertEquals(7, pool.stats().connects());
    }
    assertEquals(ConnectionState.Closed, pool.state());
    assertThrows(ConnectionClosedException.class, () -> pool.publish("a.b", bytes("x")));
  }

  @Test
  void aPoolConnectsWhenItIsUsedAndIsDrained() throws Exception {
    NatsClient pool = pool(server.url(), 2, PoolSelection.RoundRobin);
    try (pool) {
      assertEquals(ConnectionState.Idle, pool.state());
      AskingSubscriber<NatsEvent> events = new AskingSubscriber<>();
      pool.events().subscribe(events);
      events.request(Long.MAX_VALUE);
      LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
      pool.connect();
      assertInstanceOf(NatsEvent.Connected.class, events.element());
      pool.subscribe("a", message -> handled.add(message.text()));
      for (int i = 0; i < 100; i++) pool.publish("a", bytes("x"));
      pool.flush();
      pool.drain();
      assertEquals(100, handled.size());
    }
    assertSame(pool.toKotlin(), NatsClient.of(pool.toKotlin()).toKotlin());
    try (RefusedPort nobody = new RefusedPort();
        NatsClient alone = pool(nobody.getUrl(), 2, PoolSelection.BySubject)) {
      assertThrows(ConnectFailedException.class, alone::connect);
    }
  }

  /** However long what the executor is given waits. */
  @Test
  void noEventIsMissedFromTheMomentOfSubscribing() throws Exception {
    NatsOptions options =
        NatsOptions.builder()
            .servers(server.url())
            .executor(CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS))
            .build();
    try (NatsClient pool =
        NatsClient.of(new NatsConnectionPool(options, 2, PoolSelection.BySubject))) {
      AskingSubscriber<NatsEvent> events = new AskingSubscriber<>();
      pool.events().subscribe(events);
      pool.connect();
      events.request(Long.MAX_VALUE);
      for (int i = 0; i < 2; i++) assertInstanceOf(NatsEvent.Connected.class, events.element());
    }
  }

  @Test
  void shardsHaveEachTheirSubjects() throws Exception {
    TestServer second = start.call();
    NatsShards made =
        new NatsShards(
            List.of(group("first", server.url()), group("second", second.url())),
            1,
            PoolSelection.BySubject);
    NatsClient shards = NatsClient.of(made);
    try (shards) {
      LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
      shards.onEvent(events::add);
      AskingSubscriber<NatsEvent> published = new AskingSubscriber<>();
      shards.events().subscribe(published);
      published.request(1);
      shards.connect();
      assertInstanceOf(NatsEvent.Connected.class, taken(events));
      assertInstanceOf(NatsEvent.Connected.class, published.element());
      assertEquals(2, shards.stats().connects());
      assertWorks(shards);
      Subscription<NatsMessage> onFirst = nats.subscribe("to.*");
      nats.flush();
      int ofFirst = 0;
      for (int i = 0; i < 20; i++) {
        Subject subject = new Subject("to." + i);
        if (made.getMapping().groupOf(subject).equals("first")) ofFirst++;
        NatsClient.of(made.shard(subject).getPool()).publish(subject, bytes("x"));
      }
      shards.flush();
      nats.flush();
      assertTrue(ofFirst > 0 && ofFirst < 20);
      assertEquals(ofFirst, onFirst.receivedMessages());
      shards.drain();
    } finally {
      second.stop().run();
    }
    assertEquals(ConnectionState.Closed, shards.state());
    assertSame(made, shards.toKotlin());
  }
}
