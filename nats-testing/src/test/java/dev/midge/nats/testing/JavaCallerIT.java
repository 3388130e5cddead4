package dev.midge.nats.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

/** The real server, as Java callers start it. */
class JavaCallerIT {
  @Test
  void aServerProcessIsStartedKilledAndRestarted() {
    try (NatsServerProcess server = NatsServerProcess.start()) {
      int port = server.getPort();
      server.kill();
      assertFalse(server.isAlive());
      server.restart();
      assertEquals(port, server.getPort());
    }
  }

  @Test
  void aClusterIsStarted() {
    try (NatsCluster cluster = NatsCluster.start()) {
      assertEquals(3, cluster.getUrls().size());
    }
  }
}
