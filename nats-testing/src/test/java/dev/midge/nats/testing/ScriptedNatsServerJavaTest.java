package dev.midge.nats.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The scripted server as Java callers use it, with a client of another project. */
class ScriptedNatsServerJavaTest {
  @Test
  void aMessageArrivesInPieces() throws Exception {
    try (ScriptedNatsServer server = ScriptedNatsServer.start()) {
      server.accept(
          connection -> {
            assertTrue(connection.handshake().contains("\"lang\":\"java\""));
            String[] sub = connection.expectLine("SUB greeting").split(" ");
            connection.sendInPieces("MSG greeting " + sub[2] + " 5\r\nhello\r\n");
            connection.stall();
          });
      try (Connection nats = Nats.connect(server.getUrl())) {
        Subscription subscription = nats.subscribe("greeting");
        byte[] data = subscription.nextMessage(Duration.ofSeconds(5)).getData();
        assertEquals("hello", new String(data, StandardCharsets.UTF_8));
        server.verify();
      }
    }
  }

  @Test
  void aDisappointedExpectationIsToldAtTheEnd() throws Exception {
    ScriptedNatsServer server = ScriptedNatsServer.start();
    server.accept(
        connection -> {
          connection.send(ScriptedConnection.DEFAULT_INFO);
          connection.expect("NOTHING LIKE IT");
        });
    try {
      Nats.connect(server.getUrl());
    } catch (Exception expected) {
      // The server's script ends the connection.
    }
    AssertionError error = assertThrows(AssertionError.class, server::close);
    assertTrue(error.getMessage().contains("but \"CONNECT {"), error.getMessage());
  }
}
