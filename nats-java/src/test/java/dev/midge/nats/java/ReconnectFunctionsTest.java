package dev.midge.nats.java;

import static dev.midge.nats.java.TestConnection.letIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.NatsOptions;
import dev.midge.nats.ServerCandidate;
import dev.midge.nats.testing.EmbeddedNatsServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReconnectFunctionsTest {
  @Test
  void selectServerChoosesTheServer() throws Exception {
    List<ServerCandidate> seen = new CopyOnWriteArrayList<>();
    try (var one = EmbeddedNatsServer.start();
        var other = EmbeddedNatsServer.start()) {
      one.shutdown();
      letIn(
          options(one, other)
              .reconnect(
                  r ->
                      r.retryFirstConnect(true)
                          .selectServer(
                              servers -> {
                                seen.addAll(servers);
                                return servers.get(1);
                              }))
              .build());
      List<String> urls = seen.stream().map(ServerCandidate::url).toList();
      assertEquals(List.of(one.getUrl(), other.getUrl()), urls);
      assertFalse(seen.get(0).isDiscovered());
      assertEquals(0, seen.get(0).failures());
      assertEquals(Duration.ZERO, seen.get(0).delay());
    }
  }

  @Test
  void selectServerMayLeaveTheChoice() throws Exception {
    try (var one = EmbeddedNatsServer.start();
        var other = EmbeddedNatsServer.start()) {
      letIn(
          options(one, other)
              .reconnect(r -> r.retryFirstConnect(true).selectServer(servers -> null))
              .build());
    }
  }

  @Test
  void delaySaysHowLongAServerIsLeftAlone() throws Exception {
    List<Integer> failures = new CopyOnWriteArrayList<>();
    List<ServerCandidate> seen = new CopyOnWriteArrayList<>();
    try (var one = EmbeddedNatsServer.start();
        var other = EmbeddedNatsServer.start()) {
      one.shutdown();
      letIn(
          options(one, other)
              .reconnect(
                  r ->
                      r.retryFirstConnect(true)
                          .delay(
                              count -> {
                                failures.add(count);
                                return Duration.ofHours(1);
                              })
                          .selectServer(
                              servers -> {
                                seen.clear();
                                seen.addAll(servers);
                                return null;
                              }))
              .build());
      assertEquals(List.of(1), failures);
      ServerCandidate failed =
          seen.stream().filter(it -> it.url().equals(one.getUrl())).findFirst().orElseThrow();
      assertEquals(1, failed.failures());
      assertTrue(failed.delay().compareTo(Duration.ofMinutes(59)) > 0, "" + failed.delay());
    }
  }

  private static NatsOptions.Builder options(EmbeddedNatsServer one, EmbeddedNatsServer other) {
    return NatsOptions.builder().servers(one.getUrl(), other.getUrl()).randomizeServers(false);
  }
}
