package dev.midge.nats.java;

import static dev.midge.nats.java.TestConnection.letIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.midge.nats.ConnectTarget;
import dev.midge.nats.NatsOptionsKt;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.testing.EmbeddedNatsServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReconnectFunctionsTest {
  private static final ServerCandidate GIVEN =
      new ServerCandidate("nats://a:4222", false, 0, Duration.ZERO);
  private static final ServerCandidate FOUND =
      new ServerCandidate("nats://b:4222", true, 3, Duration.ofMillis(1500));

  @Test
  void selectServerChoosesTheServer() throws Exception {
    List<ServerCandidate> seen = new CopyOnWriteArrayList<>();
    try (var one = EmbeddedNatsServer.start();
        var other = EmbeddedNatsServer.start()) {
      one.shutdown();
      ReconnectOptions reconnect =
          ReconnectOptions.defaults()
              .withRetryFirstConnect(true)
              .withSelectServer(
                  servers -> {
                    seen.addAll(servers);
                    return servers.get(1);
                  });
      letIn(
          NatsOptions.builder()
              .servers(one.getUrl(), other.getUrl())
              .noRandomize(true)
              .reconnect(reconnect)
              .build());
      assertEquals(
          List.of(
              new ServerCandidate(one.getUrl(), false, 0, Duration.ZERO),
              new ServerCandidate(other.getUrl(), false, 0, Duration.ZERO)),
          seen);
    }
  }

  @Test
  void aCandidateIsTheSameInBothLanguages() {
    assertEquals(PlainOptions.of(FOUND.toKotlin()), PlainOptions.of(FOUND));
    assertEquals(FOUND, ServerCandidate.from(FOUND.toKotlin()));
  }

  @Test
  void selectServerMayLeaveTheChoice() {
    var kotlin = ReconnectOptions.defaults().withSelectServer(servers -> null).toKotlin();
    assertNull(kotlin.getSelectServer().invoke(List.of(GIVEN.toKotlin())));
    assertNull(ReconnectOptions.from(kotlin).selectServer().apply(List.of(GIVEN)));
  }

  @Test
  void theFunctionsOfKotlinAreThoseOfJava() {
    var kotlin =
        ReconnectOptions.defaults()
            .withDelay(failures -> Duration.ofMillis(10L * failures))
            .withSelectServer(servers -> servers.get(servers.size() - 1))
            .toKotlin();
    assertEquals("30ms", kotlin.getDelay().invoke(3).toString());
    var chosen = kotlin.getSelectServer().invoke(List.of(GIVEN.toKotlin(), FOUND.toKotlin()));
    assertEquals(FOUND.toKotlin(), chosen);

    ReconnectOptions java = ReconnectOptions.from(kotlin);
    assertEquals(Duration.ofMillis(30), java.delay().apply(3));
    assertEquals(FOUND, java.selectServer().apply(List.of(GIVEN, FOUND)));
  }

  @Test
  void everyPolicyWhileDisconnectedIsTheSameInBothLanguages() {
    List<WhileDisconnected> policies =
        List.of(
            WhileDisconnected.buffer(3),
            WhileDisconnected.suspend(Duration.ofMillis(4)),
            WhileDisconnected.fail());
    for (WhileDisconnected policy : policies) {
      var kotlin = ReconnectOptions.defaults().withWhileDisconnected(policy).toKotlin();
      assertEquals(policy, ReconnectOptions.from(kotlin).whileDisconnected());
      assertEquals(PlainOptions.of(kotlin.getWhileDisconnected()), PlainOptions.of(policy));
    }
  }

  @Test
  void suspendingFunctionsOfKotlinBlockTheCaller() {
    var kotlin =
        NatsOptionsKt.NatsOptions(
            "a",
            builder -> {
              builder.setOnConnecting(
                  (target, continuation) ->
                      later(continuation, new ConnectTarget(target.getUrl(), "b", 1)));
              builder.setWebSocket(
                  new dev.midge.nats.WebSocketOptions(
                      Map.of(), it -> later(it, Map.of("A", "b")), null, false, List.of()));
              return Unit.INSTANCE;
            });
    NatsOptions java = NatsOptions.from(kotlin);
    assertEquals(
        new ConnectTarget("nats://a:4222", "b", 1),
        java.onConnecting().apply(new ConnectTarget("nats://a:4222", "a", 4222)));
    assertEquals(Map.of("A", "b"), java.webSocket().headerSupplier().get());
  }

  /** Suspends, and goes on in another thread. */
  private static Object later(Continuation<?> continuation, Object value) {
    new Thread(() -> continuation.resumeWith(value)).start();
    return Coroutines.SUSPENDED;
  }
}
