package dev.midge.nats.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.testing.fixtures.RefusedPort;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows to Java callers compiles and runs, against public types only. */
class JavaCallerTest {
  @Test
  void anEmbeddedServerStartsWithDefaults() throws IOException {
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start()) {
      assertEquals("nats://127.0.0.1:" + server.getPort(), server.getUrl());
      assertEquals(0, server.getConnections());
      assertEquals(0, server.getSubscriptions());
    }
  }

  @Test
  void anEmbeddedServerTakesOptions() throws Exception {
    EmbeddedNatsServerOptions options =
        EmbeddedNatsServerOptions.builder()
            .serverName("from-java")
            .user("joe", "secret")
            .maxPayload(1000)
            .authTimeout(Duration.ofSeconds(1))
            .build();
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start(options);
        Connection nats =
            Nats.connect(
                Options.builder().server(server.getUrl()).userInfo("joe", "secret").build())) {
      assertEquals("from-java", nats.getServerInfo().getServerName());
      assertEquals(1000, nats.getMaxPayload());
    }
  }

  @Test
  void anEmbeddedServerIsDisturbed() throws Exception {
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start();
        RefusedPort nobody = new RefusedPort();
        Connection nats = Nats.connect(server.getUrl())) {
      assertEquals(Connection.Status.CONNECTED, nats.getStatus());
      server.pushInfo(List.of("127.0.0.1:" + nobody.getPort()));
      assertEquals(1, server.disconnectClients());
      server.shutdown();
      assertEquals(0, server.getConnections());
      server.restart();
    }
  }

  @Test
  void aPortThatIsTakenIsACheckedException() throws IOException {
    try (EmbeddedNatsServer server = EmbeddedNatsServer.start()) {
      EmbeddedNatsServerOptions same =
          EmbeddedNatsServerOptions.builder().port(server.getPort()).build();
      assertThrows(IOException.class, () -> EmbeddedNatsServer.start(same));
    }
  }

  @Test
  void aServerProcessIsDescribedByABuilder() {
    NatsServerProcessOptions options =
        NatsServerProcessOptions.builder()
            .version(NatsServerBinary.DEFAULT_VERSION)
            .jetStream(true)
            .arguments("--debug", "--trace")
            .startTimeout(Duration.ofSeconds(20))
            .build();
    assertTrue(options.getJetStream());
    assertEquals(2, options.getArguments().size());
    assertFalse(options.getStartTimeout().isZero());
  }
}
