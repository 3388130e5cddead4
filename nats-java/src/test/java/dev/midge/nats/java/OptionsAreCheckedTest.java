package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.AuthResponse;
import dev.midge.nats.BufferOptions;
import dev.midge.nats.HttpProxy;
import dev.midge.nats.InvalidSubjectException;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.ReconnectOptions;
import dev.midge.nats.ServerInfo;
import dev.midge.nats.TimeoutOptions;
import dev.midge.nats.TlsOptions;
import dev.midge.nats.WebSocketOptions;
import dev.midge.nats.WhileDisconnected;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class OptionsAreCheckedTest {
  @Test
  void limitsOfTimeAreMoreThanZero() {
    TimeoutOptions timeouts = TimeoutOptions.builder().build();
    refused("timeouts.connect", () -> timeouts.toBuilder().connect(Duration.ZERO).build());
    refused("timeouts.request", () -> timeouts.toBuilder().request(Duration.ofSeconds(-1)).build());
    refused("timeouts.flush", () -> timeouts.toBuilder().flush(Duration.ZERO).build());
    refused("timeouts.drain", () -> timeouts.toBuilder().drain(Duration.ZERO).build());
    refused("timeouts.close", () -> timeouts.toBuilder().close(Duration.ZERO).build());
    refused(
        "timeouts.pingInterval", () -> timeouts.toBuilder().pingInterval(Duration.ZERO).build());
    refused(
        "timeouts.maxPingsOutstanding", () -> timeouts.toBuilder().maxPingsOutstanding(0).build());
  }

  @Test
  void limitsOfMemoryAreMoreThanZero() {
    refused("buffers.outbound", () -> BufferOptions.builder().outbound(0).build());
    refused(
        "buffers.maxIncomingPayload", () -> BufferOptions.builder().maxIncomingPayload(-1).build());
  }

  @Test
  void reconnectOptionsAreWithinTheirRanges() {
    ReconnectOptions reconnect = ReconnectOptions.builder().build();
    Duration negative = Duration.ofNanos(-1);
    refused("reconnect.wait", () -> reconnect.toBuilder().wait(negative).build());
    refused("reconnect.jitter ", () -> reconnect.toBuilder().jitter(negative).build());
    refused("reconnect.jitterTls", () -> reconnect.toBuilder().jitterTls(negative).build());
    refused("reconnect.multiplier", () -> reconnect.toBuilder().multiplier(0.9).build());
    refused("reconnect.maxWait", () -> reconnect.toBuilder().maxWait(negative).build());
    refused("reconnect.maxReconnects", () -> reconnect.toBuilder().maxReconnects(-2).build());
    refused("WhileDisconnected.Buffer(-1)", () -> new WhileDisconnected.Buffer(-1));
    refused("the timeout", () -> new WhileDisconnected.Buffer(1, Duration.ZERO));
    refused("WhileDisconnected.Suspend(0s)", () -> new WhileDisconnected.Suspend(Duration.ZERO));
  }

  @Test
  void tlsOptionsDoNotContradictEachOther() {
    TlsOptions tls = TlsOptions.builder().build();
    Path file = Path.of("file.pem");
    refused("give both or neither", () -> tls.toBuilder().certificate(file, null).build());
    refused("choose one", () -> tls.toBuilder().trustAnchors(file).sslContext(() -> null).build());
    refused("choose one", () -> tls.toBuilder().sslContext(() -> null).trustAnchors(file).build());
    refused("tls.versions", () -> tls.toBuilder().versions(Set.of()).build());
  }

  @Test
  void headersOfTheWebSocketAreHeaders() {
    WebSocketOptions options = WebSocketOptions.builder().build();
    refused("'a b'", () -> options.toBuilder().headers(Map.of("a b", "c")).build());
    refused("'Upgrade'", () -> options.toBuilder().headers(Map.of("Upgrade", "c")).build());
    String message =
        refused("'X'", () -> options.toBuilder().headers(Map.of("X", "secret\n")).build());
    assertTrue(!message.contains("secret"), message);
    refused("proxy.port", () -> options.toBuilder().proxy(new HttpProxy("proxy", 0)).build());
    refused("'a,b'", () -> options.toBuilder().subprotocols(List.of("a,b")).build());
  }

  @Test
  void serversAndInboxPrefixAreCheckedWhenTheOptionsAreMade() {
    refused("no server is given", () -> NatsOptions.builder().servers().build());
    refused("scheme", () -> NatsOptions.builder().servers("http://joe:secret@a").build());
    InvalidSubjectException wildcard =
        assertThrows(
            InvalidSubjectException.class, () -> NatsOptions.builder().inboxPrefix("a.*").build());
    assertTrue(wildcard.getMessage().contains("wildcard"), wildcard.getMessage());
  }

  @Test
  void nullIsRefusedWhereNothingMayBeMissing() {
    NatsOptions.Builder builder = NatsOptions.builder();
    missing(() -> builder.servers("a", null));
    missing(() -> builder.auth(null));
    missing(() -> builder.tls((TlsOptions) null));
    missing(() -> builder.webSocket((WebSocketOptions) null));
    missing(() -> builder.inboxPrefix(null));
    missing(() -> builder.timeouts((TimeoutOptions) null));
    missing(() -> builder.buffers((BufferOptions) null));
    missing(() -> builder.reconnect((ReconnectOptions) null));
    missing(() -> builder.overflow(null));
    missing(() -> builder.executor(null));
    missing(() -> builder.timeouts((Consumer<TimeoutOptions.Builder>) null));
    missing(() -> TimeoutOptions.builder().flush(null).build());
    missing(() -> ReconnectOptions.builder().whileDisconnected(null).build());
    missing(() -> TlsOptions.builder().versions(null).build());
    missing(() -> WebSocketOptions.builder().headers(null).build());
    missing(() -> WebSocketOptions.builder().subprotocols(null).build());
    missing(() -> new NatsAuth.UserPassword("joe", null));
    missing(() -> new NatsAuth.NKey((char[]) null));
    missing(() -> new NatsAuth.BearerJwt(null));
    missing(() -> new NatsAuth.Supplied((Supplier<NatsAuth>) null));
    missing(() -> new NatsAuth.Authenticator((Function<ServerInfo, AuthResponse>) null));
  }

  @Test
  void whatIsGivenMayBeChangedAfterwards() {
    Map<String, String> headers = new HashMap<>(Map.of("A", "b"));
    WebSocketOptions options = WebSocketOptions.builder().headers(headers).build();
    headers.clear();
    assertEquals(Map.of("A", "b"), options.headers());
    assertThrows(UnsupportedOperationException.class, () -> options.headers().clear());
  }

  private static String refused(String part, Executable code) {
    String message = assertThrows(IllegalArgumentException.class, code).getMessage();
    assertTrue(message.contains(part), message);
    return message;
  }

  private static void missing(Executable code) {
    assertThrows(NullPointerException.class, code);
  }
}
