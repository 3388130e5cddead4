package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.InvalidSubjectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class OptionsAreCheckedTest {
  @Test
  void limitsOfTimeAreMoreThanZero() {
    TimeoutOptions timeouts = TimeoutOptions.defaults();
    refused("timeouts.connect", () -> timeouts.withConnect(Duration.ZERO));
    refused("timeouts.request", () -> timeouts.withRequest(Duration.ofSeconds(-1)));
    refused("timeouts.flush", () -> timeouts.withFlush(Duration.ZERO));
    refused("timeouts.drain", () -> timeouts.withDrain(Duration.ZERO));
    refused("timeouts.close", () -> timeouts.withClose(Duration.ZERO));
    refused("timeouts.pingInterval", () -> timeouts.withPingInterval(Duration.ZERO));
    refused("timeouts.maxPingsOutstanding", () -> timeouts.withMaxPingsOutstanding(0));
  }

  @Test
  void limitsOfMemoryAreMoreThanZero() {
    refused("buffers.outbound", () -> BufferOptions.defaults().withOutbound(0));
    refused("buffers.maxIncomingPayload", () -> new BufferOptions(1, -1));
  }

  @Test
  void reconnectOptionsAreWithinTheirRanges() {
    ReconnectOptions reconnect = ReconnectOptions.defaults();
    Duration negative = Duration.ofNanos(-1);
    refused("reconnect.wait", () -> reconnect.withReconnectWait(negative));
    refused("reconnect.jitter ", () -> reconnect.withJitter(negative));
    refused("reconnect.jitterTls", () -> reconnect.withJitterTls(negative));
    refused("reconnect.multiplier", () -> reconnect.withMultiplier(0.9));
    refused("reconnect.maxWait", () -> reconnect.withMaxWait(negative));
    refused("reconnect.maxReconnects", () -> reconnect.withMaxReconnects(-2));
    refused("WhileDisconnected.Buffer(-1)", () -> WhileDisconnected.buffer(-1));
    refused("WhileDisconnected.Suspend(0s)", () -> WhileDisconnected.suspend(Duration.ZERO));
  }

  @Test
  void tlsOptionsDoNotContradictEachOther() {
    TlsOptions tls = TlsOptions.defaults();
    Path file = Path.of("file.pem");
    refused("give both or neither", () -> tls.withCertificate(file, null));
    refused("choose one", () -> tls.withTrustAnchors(file).withSslContext(() -> null));
    refused("choose one", () -> tls.withSslContext(() -> null).withTrustAnchors(file));
    refused("tls.versions", () -> tls.withVersions(Set.of()));
  }

  @Test
  void headersOfTheWebSocketAreHeaders() {
    WebSocketOptions options = WebSocketOptions.defaults();
    refused("'a b'", () -> options.withHeaders(Map.of("a b", "c")));
    refused("'Upgrade'", () -> options.withHeaders(Map.of("Upgrade", "c")));
    String message = refused("'X'", () -> options.withHeaders(Map.of("X", "secret\n")));
    assertTrue(!message.contains("secret"), message);
    refused("proxy.port", () -> options.withProxy("proxy", 0));
    refused("'a,b'", () -> options.withSubprotocols(List.of("a,b")));
  }

  @Test
  void serversAndInboxPrefixAreCheckedWhenTheOptionsAreMade() {
    refused("no server is given", () -> NatsOptions.builder().servers().build());
    refused("scheme", () -> NatsOptions.of("http://joe:secret@a"));
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
    missing(() -> builder.tls(null));
    missing(() -> builder.webSocket(null));
    missing(() -> builder.inboxPrefix(null));
    missing(() -> builder.timeouts(null));
    missing(() -> builder.buffers(null));
    missing(() -> builder.reconnect(null));
    missing(() -> builder.overflow(null));
    missing(() -> builder.executor(null));
    missing(() -> TimeoutOptions.defaults().withFlush(null));
    missing(() -> ReconnectOptions.defaults().withWhileDisconnected(null));
    missing(() -> TlsOptions.defaults().withVersions(null));
    missing(() -> WebSocketOptions.defaults().withHeaders(null));
    missing(() -> WebSocketOptions.defaults().withSubprotocols(null));
    missing(() -> Auth.userPassword("joe", null));
    missing(() -> Auth.nkey((char[]) null));
    missing(() -> Auth.bearerJwt(null));
    missing(() -> Auth.supplied(null));
    missing(() -> Auth.authenticator(null));
    missing(() -> AuthResponse.userPassword("joe", null));
    missing(() -> AuthResponse.token(null));
    missing(() -> AuthResponse.nkey("U", null));
    missing(() -> AuthResponse.jwt("jwt", null));
  }

  @Test
  void whatIsGivenMayBeChangedAfterwards() {
    Map<String, String> headers = new HashMap<>(Map.of("A", "b"));
    WebSocketOptions options = WebSocketOptions.defaults().withHeaders(headers);
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
