package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.PoolEvent;
import dev.midge.nats.PoolSelection;
import dev.midge.nats.ShardEvent;
import dev.midge.nats.Subject;
import dev.midge.nats.testing.fixtures.RefusedPort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pools and shards. */
abstract class ManyConnectionsBehaviour extends Behaviour {
  private final Callable<TestServer> start;

  ManyConnectionsBehaviour(Callable<TestServer> start) {
    super(start);
    this.start = start;
  }

  /** The same for whatever implements the operations. */
  private static void assertWorks(NatsOperations operations) {
    Subscription subscription = operations.subscribe("a.*");
    operations.respond("echo", NatsMessage::getPayload);
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
  void aPoolIsUsedAsOneConnection() throws Exception {
    LinkedBlockingQueue<PoolEvent> events = new LinkedBlockingQueue<>();
    NatsClientPool pool = NatsClientPool.connect(NatsOptions.of(server.url()), 3);
    try (pool) {
      assertEquals(ConnectionState.Connected, pool.state());
      assertEquals(3, pool.connections().size());
      assertEquals(3, pool.stats().getConnects());
      assertWorks(pool);
      pool.onEvent(events::add);
      pool.connections().get(0).reconnect();
      PoolEvent event = taken(events);
      assertInstanceOf(NatsEvent.Reconnected.class, event.getEvent());
      assertSame(pool.connections().get(0).toKotlin(), event.getConnection());
    }
    assertEquals(ConnectionState.Closed, pool.state());
    assertThrows(ConnectionClosedException.class, () -> pool.publish("a.b", bytes("x")));
  }

  @Test
  void aPoolConnectsWhenItIsUsedAndIsDrained() throws Exception {
    NatsOptions options = NatsOptions.of(server.url());
    NatsClientPool pool = NatsClientPool.create(options, 2, PoolSelection.RoundRobin);
    try (pool) {
      assertEquals(ConnectionState.Idle, pool.state());
      AskingSubscriber<PoolEvent> events = new AskingSubscriber<>();
      pool.events().subscribe(events);
      events.request(Long.MAX_VALUE);
      LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
      pool.connect();
      assertInstanceOf(NatsEvent.Connected.class, events.element().getEvent());
      pool.subscribe("a", message -> handled.add(message.text()));
      for (int i = 0; i < 100; i++) pool.publish("a", bytes("x"));
      pool.flush();
      pool.drain();
      assertEquals(100, handled.size());
    }
    assertSame(pool.toKotlin(), NatsClientPool.of(pool.toKotlin()).toKotlin());
    try (RefusedPort nobody = new RefusedPort()) {
      NatsOptions unreachable = NatsOptions.of(nobody.getUrl());
      assertThrows(ConnectFailedException.class, () -> NatsClientPool.connect(unreachable, 2));
    }
  }

  @Test
  void shardsHaveEachTheirSubjects() throws Exception {
    TestServer second = start.call();
    Map<String, NatsOptions> groups = new LinkedHashMap<>();
    groups.put("first", NatsOptions.of(server.url()));
    groups.put("second", NatsOptions.of(second.url()));
    NatsClientShards shards = NatsClientShards.create(groups, 1);
    try (shards) {
      LinkedBlockingQueue<ShardEvent> events = new LinkedBlockingQueue<>();
      shards.onEvent(events::add);
      AskingSubscriber<ShardEvent> published = new AskingSubscriber<>();
      shards.events().subscribe(published);
      published.request(1);
      shards.connect();
      assertInstanceOf(NatsEvent.Connected.class, taken(events).getEvent());
      assertInstanceOf(NatsEvent.Connected.class, published.element().getEvent());
      assertEquals(2, shards.stats().getConnects());
      assertWorks(shards);
      Subscription onFirst = nats.subscribe("to.*");
      nats.flush();
      int ofFirst = 0;
      for (int i = 0; i < 20; i++) {
        Subject subject = new Subject("to." + i);
        if (shards.mapping().groupOf(subject).equals("first")) ofFirst++;
        shards.shard(subject).publish(subject, bytes("x"));
      }
      shards.flush();
      nats.flush();
      assertTrue(ofFirst > 0 && ofFirst < 20);
      assertEquals(ofFirst, onFirst.receivedMessages());
      shards.drain();
    } finally {
      second.stop().run();
    }
    assertSame(shards.toKotlin(), NatsClientShards.of(shards.toKotlin()).toKotlin());
  }
}
