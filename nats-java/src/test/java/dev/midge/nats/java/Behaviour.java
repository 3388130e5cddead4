package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.NatsMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** What each group of operations is tested in: a server for all tests, and a client for each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Behaviour {
  static final Duration LONG = Duration.ofSeconds(10);

  private final Callable<TestServer> start;
  TestServer server;
  NatsClient nats;

  Behaviour(Callable<TestServer> start) {
    this.start = start;
  }

  @BeforeAll
  void startServer() throws Exception {
    server = start.call();
  }

  @AfterAll
  void stopServer() {
    server.stop().run();
  }

  @BeforeEach
  void connect() {
    nats = NatsClient.connect(server.url());
  }

  @AfterEach
  void close() {
    nats.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** The texts of the next messages. */
  static List<String> texts(Subscription<NatsMessage> subscription, int count) {
    return subscription.stream(LONG).limit(count).map(NatsMessage::text).toList();
  }

  static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
    T taken = queue.poll(10, TimeUnit.SECONDS);
    assertNotNull(taken, "nothing came in 10 s");
    return taken;
  }

  /** Returns when {@code condition} holds: nothing tells of such. */
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "it did not come true in 10 s");
      Thread.onSpinWait();
      Thread.yield();
    }
  }
}
