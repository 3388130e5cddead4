package dev.midge.nats.java;

import static dev.midge.nats.java.Behaviour.await;
import static dev.midge.nats.java.Behaviour.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Subject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancelling a future cancels its call, and leaves nothing behind. */
class CancelIT {
  private static final Subject FILL = new Subject("fill");
  private static final Duration HOUR = Duration.ofHours(1);

  private final PausedServer server = new PausedServer();
  private final NatsClient nats = NatsClient.connect(server.options());
  private final NatsAsyncClient async = nats.async();
  private final NatsClient other = NatsClient.connect(server.url());

  @AfterEach
  void close() {
    server.resume();
    nats.close();
    other.close();
    server.close();
  }

  private static void cancel(CompletableFuture<?> future) {
    assertFalse(future.isDone());
    assertTrue(future.cancel(true));
    assertThrows(CancellationException.class, future::join);
  }

  /** Whether it could be cancelled. */
  private static <T> boolean cancelOrClose(CompletableFuture<T> future, Consumer<T> close) {
    if (future.cancel(true)) return true;
    close.accept(future.join());
    return false;
  }

  @Test
  void requests() {
    other.subscribe("silent");
    other.flush();
    List<CompletableFuture<NatsMessage>> requests = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      requests.add(async.request(new Subject("silent"), bytes("x"), Headers.Empty, HOUR));
    }
    assertEquals(500, nats.stats().pendingRequests());
    requests.forEach(CancelIT::cancel);
    await(() -> nats.stats().pendingRequests() == 0);
    nats.flush();
  }

  @Test
  void everythingThatWaitsForRoom() {
    Subscription<NatsMessage> all = other.subscribe("*");
    other.respond("echo.here", NatsMessage::payload);
    other.flush();
    // The inbox is for all requests, and stays.
    nats.request("echo.here", bytes("x"));
    int before = nats.stats().subscriptions();
    int published = server.fill(nats, FILL);
    byte[] payload = new byte[PausedServer.LARGE];
    Subject subject = new Subject("b".repeat(1_000));
    SubscribeOptions defaults = SubscribeOptions.defaults();
    List.of(
            async.publish(subject, payload),
            async.publish(subject, payload, 1, payload.length - 1),
            async.publish(subject, ByteBuffer.wrap(payload)),
            async.publishWritten(subject, payload),
            async.publishBatch(batch -> batch.publish(subject, payload)),
            async.request(subject, payload),
            async.ping(HOUR))
        .forEach(CancelIT::cancel);
    // The operating system may have made room for so little.
    List.of(
            async.subscribe(subject, defaults),
            async.subscribe(subject, defaults, message -> {}),
            async.respond(subject, defaults, NatsMessage::payload))
        .forEach(future -> cancelOrClose(future, Subscription::close));
    server.resume();
    nats.flush();
    other.flush();
    assertEquals(published, all.receivedMessages());
    await(() -> nats.stats().pendingRequests() == 0);
    await(() -> nats.stats().subscriptions() == before);
  }

  @Test
  void aDrainWhichLeavesTheSubscriptionUnsubscribed() {
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    nats.publish("a", bytes("x"));
    nats.flush();
    CompletableFuture<?> draining = subscription.drainAsync(HOUR);
    cancel(draining);
    await(() -> !subscription.isActive());
    assertEquals(0, nats.stats().subscriptions());
  }

  @Test
  void connectingWhichIsGivenUp() {
    server.pause();
    NatsOptions patient = server.options().toBuilder().timeouts(t -> t.connect(HOUR)).build();
    cancel(NatsAsyncClient.connect(patient));
    server.resume();
    await(() -> server.connections() == 2);
  }

  @Test
  void connectingAtAnyMomentLeavesNoConnection() {
    for (int round = 0; round < 100; round++) {
      CompletableFuture<NatsAsyncClient> connecting = NatsAsyncClient.connect(server.options());
      pause();
      cancelOrClose(connecting, client -> client.close().join());
    }
    await(() -> server.connections() == 2);
  }

  @Test
  void subscribingAtAnyMomentLeavesNoSubscription() {
    int cancelled = 0;
    for (int round = 0; round < 200; round++) {
      try (NatsClient lazy = NatsClient.create(server.options())) {
        CompletableFuture<Subscription<NatsMessage>> subscribing =
            lazy.async().subscribe("a", message -> {});
        pause();
        if (cancelOrClose(subscribing, Subscription::close)) cancelled++;
        lazy.connect();
        await(() -> lazy.stats().subscriptions() == 0);
      }
    }
    assertTrue(cancelled > 0);
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(3_000_000));
  }
}
