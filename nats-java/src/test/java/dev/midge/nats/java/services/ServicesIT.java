package dev.midge.nats.java.services;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.Reply;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.services.EndpointOptions;
import dev.midge.nats.services.EndpointStats;
import dev.midge.nats.services.PathTrace;
import dev.midge.nats.services.ServiceInfo;
import dev.midge.nats.services.ServiceStats;
import dev.midge.nats.testing.NatsServerProcess;
import dev.midge.nats.testing.NatsServerProcessOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Services as a Java program uses them. */
@Timeout(60)
class ServicesIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final byte[] NOTHING = {};

  /** Numbers as text. */
  private static final class NumberCodec implements Codec<Integer> {
    @Override
    public void encode(Integer value, OutputStream out) throws IOException {
      out.write(value.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Integer decode(InputStream in) throws IOException {
      return Integer.valueOf(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static final Codec<Integer> NUMBERS = new NumberCodec();
  private static NatsServerProcess server;
  private static NatsClient nats;
  private String name;

  @BeforeAll
  static void start() {
    server = NatsServerProcess.start(NatsServerProcessOptions.builder().version("2.15.1").build());
    nats = NatsClient.connect(server.getUrl());
  }

  @AfterAll
  static void stop() {
    nats.close();
    server.close();
  }

  @BeforeEach
  void name(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String ask(String endpoint, String text) {
    return nats.request(name + "." + endpoint, bytes(text), LONG).text();
  }

  private ServiceErrorException error(String endpoint) {
    return assertThrows(ServiceErrorException.class, () -> ask(endpoint, ""));
  }

  @Test
  void answerWithBytesHeadersAndValues() {
    try (Service service =
        Service.start(
            nats,
            name,
            "1.2.0",
            orders ->
                orders
                    .description("takes orders")
                    .metadata(Map.of("team", "a"))
                    .group(
                        name,
                        all ->
                            all.endpoint("echo", NatsMessage::payload)
                                .endpointWith(
                                    "headed",
                                    EndpointOptions.builder().noQueueGroup().build(),
                                    request -> new Reply(bytes("x"), Headers.of("A", "1")))
                                .group(
                                    "v1",
                                    v1 -> v1.endpoint("next", NUMBERS, NUMBERS, n -> n + 1))))) {
      assertEquals("hello", ask("echo", "hello"));
      assertEquals("1", nats.request(name + ".headed", NOTHING, LONG).headers().get("A"));
      assertEquals("8", ask("v1.next", "7"));
      assertEquals(
          400, assertThrows(ServiceErrorException.class, () -> ask("v1.next", "x")).code());
      ServiceInfo info = Services.of(nats).info(name, service.id(), LONG).findFirst().orElseThrow();
      assertEquals(service.info(), info);
      assertEquals("takes orders", info.description());
      assertEquals(Map.of("team", "a"), info.metadata());
      assertEquals(
          List.of(name + ".echo", name + ".headed", name + ".v1.next"),
          info.endpoints().stream().map(endpoint -> endpoint.subject()).toList());
      assertEquals("q", info.endpoints().get(0).queueGroup());
      assertNull(info.endpoints().get(1).queueGroup());
    }
    assertThrows(NoRespondersException.class, () -> ask("echo", ""));
    assertEquals(0, Services.of(nats).ping(name, null, LONG).count());
  }

  @Test
  void tellErrorsAndCountThem() {
    try (Service service =
        Service.start(
            nats,
            name,
            "1.2.0",
            orders ->
                orders
                    .group(
                        name,
                        all ->
                            all.endpoint(
                                    "own",
                                    request -> {
                                      throw new ServiceErrorException(
                                          404, "none", bytes("body"), Headers.of("X", "1"));
                                    })
                                .endpoint(
                                    "other",
                                    request -> {
                                      throw new IOException("broken");
                                    }))
                    .queueGroup("workers"))) {
      ServiceErrorException own = error("own");
      assertEquals(404, own.code());
      assertEquals("none", own.error());
      assertArrayEquals(bytes("body"), own.body());
      assertEquals("1", own.headers().get("X"));
      assertEquals("broken", error("other").error());
      ServiceStats stats =
          Services.of(nats).stats(name, service.id(), LONG).findFirst().orElseThrow();
      List<EndpointStats> endpoints = stats.endpoints();
      assertEquals("404:none", endpoints.get(0).lastError());
      assertEquals("500:broken", endpoints.get(1).lastError());
      assertEquals(1, endpoints.get(1).requests());
      assertEquals("workers", endpoints.get(1).queueGroup());
      assertTrue(endpoints.get(1).processingTime().compareTo(Duration.ZERO) > 0);
      service.reset();
      assertEquals(0, service.stats().endpoints().get(0).requests());
    }
  }

  @Test
  void streamAnswers() {
    try (Service service =
        Service.start(
            nats,
            name,
            "1.2.0",
            orders ->
                orders.group(
                    name,
                    all ->
                        all.streamingEndpoint(
                                "pages",
                                EndpointOptions.Default,
                                request ->
                                    IntStream.range(0, Integer.parseInt(request.text()))
                                        .mapToObj(n -> bytes(Integer.toString(n))))
                            .streamingEndpoint(
                                "numbers",
                                EndpointOptions.Default,
                                NUMBERS,
                                NUMBERS,
                                count -> Stream.of(count, count))
                            .streamingEndpoint(
                                "fails",
                                EndpointOptions.Default,
                                request -> {
                                  throw new ServiceErrorException(410, "gone");
                                })))) {
      Services services = Services.of(nats);
      try (Stream<NatsMessage> pages = services.requestStream(name + ".pages", bytes("100"))) {
        assertEquals(100, pages.count());
      }
      try (Stream<NatsMessage> pages = services.requestStream(name + ".numbers", bytes("7"))) {
        assertEquals(List.of("7", "7"), pages.map(NatsMessage::text).toList());
      }
      try (Stream<NatsMessage> none = services.requestStream(name + ".fails", NOTHING)) {
        assertEquals(410, assertThrows(ServiceErrorException.class, none::count).code());
      }
      RequestManyLimits limits =
          RequestManyLimits.builder().total(LONG).endedByEmptyPayload().build();
      try (Stream<NatsMessage> replies =
          nats.requestMany(name + ".fails", NOTHING, Headers.Empty, limits)) {
        assertEquals(410, Services.error(replies.findFirst().orElseThrow()).orElseThrow().code());
      }
      assertEquals(2, service.stats().endpoints().get(2).errors());
    }
  }

  @Test
  void endInOrder() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<Service> own = new AtomicReference<>();
    Service service =
        Service.start(
            nats,
            name,
            "1.2.0",
            orders ->
                orders.group(
                    name,
                    all ->
                        all.endpoint(
                            "slow",
                            request -> {
                              entered.countDown();
                              assertTrue(go.await(50, TimeUnit.SECONDS));
                              return request.payload();
                            })));
    own.set(service);
    service.add(
        more ->
            more.group(
                name,
                all ->
                    all.endpoint(
                        "close",
                        request -> {
                          own.get().close();
                          return NOTHING;
                        })));
    assertEquals(500, error("close").code());
    assertTrue(service.isActive());
    var answer = nats.async().request(name + ".slow", bytes("x"), Headers.Empty, LONG);
    assertTrue(entered.await(50, TimeUnit.SECONDS));
    service.stop();
    assertFalse(service.isActive());
    go.countDown();
    service.awaitEnd();
    assertEquals("x", answer.join().text());
    service.close();
    assertThrows(IllegalStateException.class, () -> service.add(more -> {}));
  }

  @Test
  void andThePathOfAMessageAreFound() {
    try (Service service =
        Service.start(
            nats, name, "1.2.0", all -> all.group(name, in -> in.endpoint("a", r -> NOTHING)))) {
      PathTrace trace = Services.of(nats).tracePath(name + ".a", LONG);
      assertTrue(trace.isComplete());
      assertEquals("q", trace.receivers().get(0).queueGroup());
      assertEquals(0, service.stats().endpoints().get(0).requests());
      assertTrue(Services.of(nats).ping().anyMatch(ping -> ping.id().equals(service.id())));
    }
  }
}
