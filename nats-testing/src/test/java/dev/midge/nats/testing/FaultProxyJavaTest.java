package dev.midge.nats.testing;

import static dev.midge.nats.testing.FaultProxy.Direction.CLIENT_TO_SERVER;
import static dev.midge.nats.testing.FaultProxy.Direction.SERVER_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The proxy as Java callers use it, in front of a client of another project. */
class FaultProxyJavaTest {
  @Test
  void aClientWorksThroughDelayAndPieces() throws Exception {
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start();
        FaultProxy proxy = FaultProxy.start("127.0.0.1", server.getPort())) {
      proxy.split(1);
      proxy.delay(Duration.ofMillis(5), SERVER_TO_CLIENT);
      try (Connection nats = Nats.connect(proxy.getUrl())) {
        nats.subscribe("a");
        nats.flush(Duration.ofSeconds(5));
        assertEquals(1, server.getSubscriptions());
        assertEquals(1, proxy.getOpenConnections());
        assertTrue(proxy.bytes(CLIENT_TO_SERVER) > 0);
      }
      String sent = new String(proxy.captured(CLIENT_TO_SERVER).get(0), StandardCharsets.UTF_8);
      assertTrue(sent.startsWith("CONNECT {"), sent);
    }
  }

  @Test
  void aHandshakeThatIsCutFails() throws Exception {
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start();
        FaultProxy proxy = FaultProxy.start(server.getPort())) {
      proxy.cutAfter(10, SERVER_TO_CLIENT);
      Options options = Options.builder().server(proxy.getUrl()).noReconnect().build();
      assertThrows(IOException.class, () -> Nats.connect(options));
      proxy.heal();
      Nats.connect(options).close();
    }
  }
}
