package dev.midge.nats.java;

import dev.midge.nats.NatsOptions;
import dev.midge.nats.Subject;
import dev.midge.nats.testing.NatsServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real server that stops reading, so that calls wait. */
final class PausedServer implements AutoCloseable {
  /** Of clients: the operating system may take a little more after a while, but not so much. */
  private static final int OUTBOUND = 512 * 1024;

  /** What waits for half of that to be written. */
  static final int LARGE = 300 * 1024;

  private static final Pattern CONNECTIONS = Pattern.compile("\"connections\": (\\d+)");

  private final NatsServerProcess process = NatsServerProcess.start();
  private final HttpClient http = HttpClient.newHttpClient();

  String url() {
    return process.getUrl();
  }

  NatsOptions options() {
    return NatsOptions.builder().servers(url()).buffers(b -> b.outbound(OUTBOUND)).build();
  }

  void pause() {
    process.pause();
  }

  void resume() {
    process.resume();
  }

  /** Pauses, and publishes until neither the socket nor the client takes more; returns how many. */
  int fill(NatsClient nats, Subject subject) {
    pause();
    int large = fill(nats, subject, new byte[4 * 1024], Long.MAX_VALUE);
    return large + fill(nats, subject, new byte[0], Long.MAX_VALUE);
  }

  /** Pauses, and publishes until the socket takes no more, and the client has still room. */
  void fillSocket(NatsClient nats, Subject subject) {
    pause();
    fill(nats, subject, new byte[4 * 1024], OUTBOUND);
  }

  private static int fill(NatsClient nats, Subject subject, byte[] payload, long mostPending) {
    int count = 0;
    int quiet = 0;
    long written = -1;
    while (quiet < 10_000) {
      boolean hasRoom = nats.stats().pendingBytes() < mostPending;
      if (hasRoom && nats.tryPublish(subject, payload)) {
        count++;
        quiet = 0;
      } else if (written != nats.stats().sentBytes()) {
        written = nats.stats().sentBytes();
        quiet = 0;
      } else {
        quiet++;
        Thread.yield();
      }
    }
    return count;
  }

  /** How many clients the server has. */
  int connections() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(process.getMonitorUrl() + "/varz")).build();
    try {
      String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      Matcher matcher = CONNECTIONS.matcher(answer);
      if (!matcher.find()) throw new AssertionError(answer);
      return Integer.parseInt(matcher.group(1));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    resume();
    process.close();
  }
}
