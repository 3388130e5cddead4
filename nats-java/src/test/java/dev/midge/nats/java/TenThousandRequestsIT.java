package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.testing.NatsServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many threads as requests: virtual ones where there are any, and fewer of the others. */
class TenThousandRequestsIT {
  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final Subject SUBJECT = new Subject("ten.thousand");

  @Test
  void waitAtTheSameTimeAndPinNoThread(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pinned.jfr");
    try (NatsServerProcess server = NatsServerProcess.start();
        NatsClient nats = NatsClient.connect(server.getUrl());
        Recording recording = new Recording()) {
      // A class that is loaded pins the threads that need it, whoever's it is: here, once.
      requestAll(nats, threads(), 2);
      recording.enable(PINNED).withoutThreshold();
      recording.start();
      requestAll(nats, threads(), THREADS);
      recording.stop();
      recording.dump(file);
      assertEquals(0, nats.stats().pendingRequests());
    }
    List<RecordedEvent> pinned =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals(PINNED))
            .toList();
    assertTrue(pinned.isEmpty(), () -> "threads were pinned: " + pinned);
  }

  /** All of them wait until the last one has sent its request: only then is the first answered. */
  private static void requestAll(NatsClient nats, ExecutorService threads, int count)
      throws Exception {
    CountDownLatch waiting = new CountDownLatch(count);
    Queue<NatsMessage> requests = new ConcurrentLinkedQueue<>();
    Subscription<NatsMessage> requested =
        nats.subscribe(
            SUBJECT.value(),
            message -> {
              requests.add(message);
              waiting.countDown();
            });
    nats.flush();
    try (requested) {
      List<Future<String>> replies = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] payload = Integer.toString(i).getBytes(UTF_8);
        Callable<String> call =
            () -> nats.request(SUBJECT, payload, Headers.Empty, Duration.ofSeconds(60)).text();
        replies.add(threads.submit(call));
      }
      waiting.await();
      for (NatsMessage request : requests) {
        nats.publish(request.replyTo(), ("re " + request.text()).getBytes(UTF_8));
      }
      for (int i = 0; i < count; i++) assertEquals("re " + i, replies.get(i).get());
    } finally {
      threads.shutdown();
    }
  }

  private static final int THREADS = hasVirtualThreads() ? 10_000 : 1_000;

  private static boolean hasVirtualThreads() {
    return Runtime.version().feature() >= 21;
  }

  private static ExecutorService threads() throws ReflectiveOperationException {
    if (!hasVirtualThreads()) return Executors.newFixedThreadPool(THREADS);
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
