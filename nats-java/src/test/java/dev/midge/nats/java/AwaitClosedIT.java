package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What keeps a JVM alive whose program only subscribes. */
class AwaitClosedIT {
  private TestServer server;
  private Process program;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.EMBEDDED.call();
  }

  @AfterEach
  void stop() {
    program.destroyForcibly();
    server.stop().run();
  }

  private BufferedReader run(String how) throws IOException {
    program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ListeningProgram.class.getName(),
                server.url(),
                how)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return program.inputReader();
  }

  private static String line(BufferedReader lines, String expected) throws IOException {
    // What the log says is among them.
    String line = lines.readLine();
    while (line != null && !line.equals(expected)) line = lines.readLine();
    return line;
  }

  @Test
  void waitingForTheEndKeepsItAlive() throws Exception {
    BufferedReader lines = run("waits");
    assertEquals("ready", line(lines, "ready"));
    try (NatsClient nats = NatsClient.connect(server.url())) {
      nats.publish("stop", "now");
      nats.flush();
      assertEquals("ended", line(lines, "ended"));
    }
    assertTrue(program.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, program.exitValue());
  }

  @Test
  void withoutItTheProgramEndsWithItsMain() throws Exception {
    BufferedReader lines = run("returns");
    assertEquals("ready", line(lines, "ready"));
    assertTrue(program.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, program.exitValue());
  }
}
