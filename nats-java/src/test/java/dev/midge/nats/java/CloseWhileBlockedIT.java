package dev.midge.nats.java;

import static dev.midge.nats.java.Behaviour.await;
import static dev.midge.nats.java.Behaviour.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.DrainTimeoutException;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import dev.midge.nats.TimeoutOptions;
import dev.midge.nats.serialization.TypedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing and draining while others wait: every call ends, by its result or by what it throws. */
class CloseWhileBlockedIT {
  private static final Subject FILL = new Subject("fill");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final int ROUNDS = 40;

  private final PausedServer server = new PausedServer();
  private final NatsClient other = NatsClient.connect(server.url());

  @AfterEach
  void close() {
    server.resume();
    other.close();
    server.close();
  }

  private NatsOptions options() {
    TimeoutOptions timeouts = TimeoutOptions.builder().close(SHORT).build();
    return server.options().toBuilder().timeouts(timeouts).build();
  }

  @Test
  void closingWhileTheServerReadsNothing() throws Exception {
    Subscription<NatsMessage> silent = other.subscribe("silent");
    NatsClient nats = NatsClient.connect(options());
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    Subscription<TypedMessage<String>> typed = nats.subject("a", Codecs.text()).subscribe();
    other.flush();
    BlockedCall request = BlockedCall.begin(() -> nats.request("silent", bytes("x"), HOUR));
    silent.next().orElseThrow();
    var replies = nats.requestMany("silent", bytes("x"), untilAnHour());
    BlockedCall stream = BlockedCall.begin(() -> replies.toList());
    silent.next().orElseThrow();
    server.fill(nats, FILL);
    byte[] large = new byte[PausedServer.LARGE];
    List<BlockedCall> failing =
        List.of(
            request,
            stream,
            BlockedCall.begin(() -> nats.publish("a", large)),
            BlockedCall.begin(() -> nats.publishWritten("a", large)),
            BlockedCall.begin(() -> nats.publishBatch(batch -> batch.publish("a", large))));
    BlockedCall flush = BlockedCall.begin(() -> nats.flush(HOUR)).awaitWaiting();
    List<BlockedCall> ending =
        List.of(
            BlockedCall.begin(() -> subscription.next()),
            BlockedCall.begin(() -> subscription.next(HOUR)),
            BlockedCall.begin(() -> typed.next()));
    failing.forEach(BlockedCall::awaitWaiting);
    ending.forEach(BlockedCall::awaitWaiting);
    nats.close();
    for (BlockedCall call : failing) {
      assertInstanceOf(ConnectionClosedException.class, call.outcome().failure());
    }
    assertInstanceOf(NatsException.class, flush.outcome().failure());
    for (BlockedCall call : ending) {
      assertNull(call.outcome().failure());
      assertEquals(Optional.empty(), call.outcome().result());
    }
    assertEquals(0, nats.stats().pendingRequests());
  }

  @Test
  void closingASubscriptionThatThreadsTakeFrom() throws Exception {
    try (NatsClient nats = NatsClient.connect(options())) {
      for (int round = 0; round < ROUNDS; round++) {
        Subscription<NatsMessage> subscription = nats.subscribe("a");
        List<BlockedCall> taking = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          taking.add(BlockedCall.begin(() -> subscription.stream().count()));
        }
        for (int i = 0; i < 50; i++) nats.publish("a", bytes("x"));
        pause();
        subscription.close();
        for (BlockedCall call : taking) assertNull(call.outcome().failure());
        subscription.drain(SHORT);
      }
      assertEquals(0, nats.stats().subscriptions());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endingAtAnyMoment(boolean isDrained) throws Exception {
    Set<Thread> before = clientThreads();
    other.respond("echo", message -> message.payload());
    other.flush();
    for (int round = 0; round < ROUNDS; round++) {
      NatsClient nats = NatsClient.connect(options());
      Subscription<NatsMessage> subscription = nats.subscribe("a");
      List<BlockedCall> calls = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        calls.add(BlockedCall.begin(() -> subscription.stream().count()));
        calls.add(BlockedCall.begin(() -> forever(() -> nats.request("echo", bytes("x")))));
        calls.add(BlockedCall.begin(() -> forever(() -> nats.publish("a", new byte[1_000]))));
        calls.add(BlockedCall.begin(() -> forever(() -> nats.publishWritten("b", bytes("x")))));
        calls.add(BlockedCall.begin(() -> forever(nats::flush)));
        calls.add(BlockedCall.begin(() -> forever(() -> nats.subscribe("c").close())));
      }
      pause();
      List<BlockedCall> ends = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ends.add(BlockedCall.begin(() -> end(nats, isDrained)));
      }
      for (BlockedCall end : ends) assertNull(end.outcome().failure());
      for (BlockedCall call : calls) {
        Throwable failure = call.outcome().failure();
        if (failure != null) assertInstanceOf(NatsException.class, failure);
      }
      assertEquals(ConnectionState.Closed, nats.state());
      assertEquals(0, nats.stats().pendingRequests());
    }
    other.close();
    await(() -> before.containsAll(clientThreads()));
    await(() -> server.connections() == 0);
  }

  private static void forever(Runnable call) {
    while (true) call.run();
  }

  private static void end(NatsClient nats, boolean isDrained) {
    if (!isDrained) {
      nats.close();
      return;
    }
    try {
      nats.drain(Duration.ofMillis(500));
    } catch (DrainTimeoutException e) {
      // Those who publish without end may be faster than those who take.
      assertFalse(e.getMessage().isEmpty());
    }
  }

  private static RequestManyLimits untilAnHour() {
    return RequestManyLimits.builder().total(HOUR).build();
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(20_000_000));
  }

  /** Those that are within the client or its sockets, but for the test's own. */
  private static Set<Thread> clientThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey() != Thread.currentThread())
        .filter(
            entry ->
                Arrays.stream(entry.getValue())
                    .map(StackTraceElement::getClassName)
                    .anyMatch(name -> name.startsWith("dev.midge") || name.startsWith("io.ktor")))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
