package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.Headers;
import dev.midge.nats.InvalidSubjectException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.Reply;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.RequestTimeoutException;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests and replies. */
abstract class RequestBehaviour extends Behaviour {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration HOUR = Duration.ofHours(1);

  RequestBehaviour(Callable<TestServer> start) {
    super(start);
  }

  @Test
  void aHandlerThatReturnsNothingIsAnErrorForTheCaller() {
    nats.respond("null", request -> null);
    var error = assertThrows(ServiceErrorException.class, () -> nats.request("null", bytes("x")));
    assertEquals(500, error.code());
  }

  @Test
  void theReplyOfAResponder() {
    nats.respond("echo.*", request -> bytes(request.subject() + " " + request.text()));
    assertEquals("echo.a 1", nats.request("echo.a", bytes("1")).text());
    assertEquals("echo.b 2", nats.request("echo.b", bytes("2"), LONG).text());
    assertEquals("echo.c 3", nats.request(new Subject("echo.c"), bytes("3")).text());
    assertEquals(0, nats.stats().pendingRequests());
  }

  @Test
  void headersGoBothWays() {
    nats.respondWith(
        "echo",
        request -> new Reply(request.payload(), Headers.of("B", request.headers().get("A") + "!")));
    NatsMessage reply = nats.request(new Subject("echo"), bytes("1"), Headers.of("A", "x"), LONG);
    assertEquals("x!", reply.headers().get("B"));
    assertEquals("1", reply.text());
  }

  @Test
  void manyThreadsGetTheirOwnReplies() throws Exception {
    nats.respond("echo", NatsMessage::payload);
    ExecutorService threads = Executors.newFixedThreadPool(20);
    List<Future<?>> all =
        IntStream.range(0, 20)
            .<Future<?>>mapToObj(thread -> threads.submit(() -> requestAlone(thread)))
            .toList();
    for (Future<?> one : all) one.get(30, TimeUnit.SECONDS);
    threads.shutdown();
    assertEquals(0, nats.stats().pendingRequests());
  }

  private void requestAlone(int thread) {
    for (int i = 0; i < 100; i++) {
      String text = thread + "." + i;
      assertEquals(text, nats.request("echo", bytes(text)).text());
    }
  }

  @Test
  void nobodyIsThere() {
    var e = assertThrows(NoRespondersException.class, () -> nats.request("nobody", bytes("x")));
    assertEquals("nobody", e.subject());
    assertCalledHere(e);
  }

  @Test
  void nobodyAnswers() {
    Subscription<NatsMessage> silent = nats.subscribe("silent");
    assertCalledHere(
        assertThrows(
            RequestTimeoutException.class, () -> nats.request("silent", bytes("x"), SHORT)));
    assertTrue(silent.next().orElseThrow().replyTo() != null);
    assertEquals(0, nats.stats().pendingRequests());
  }

  @Test
  void theResponderFails() {
    nats.respond(
        "failing",
        request -> {
          if (request.text().equals("404")) throw new ServiceErrorException(404, "not here", null);
          throw new Exception("checked");
        });
    var known =
        assertThrows(ServiceErrorException.class, () -> nats.request("failing", bytes("404")));
    assertEquals(404, known.code());
    assertEquals("not here", known.error());
    assertCalledHere(known);
    var other =
        assertThrows(ServiceErrorException.class, () -> nats.request("failing", bytes("x")));
    assertEquals(500, other.code());
    assertTrue(other.error().contains("checked"), other::error);
  }

  /** Who asked is what a stack trace is for. */
  private void assertCalledHere(Throwable e) {
    List<String> frames =
        Arrays.stream(e.getStackTrace()).map(StackTraceElement::getClassName).toList();
    assertTrue(frames.contains(RequestBehaviour.class.getName()), frames::toString);
  }

  @Test
  void aHandlerRepliesByTheMessageItGot() throws Exception {
    Headers headers = Headers.of("A", "1");
    nats.subscribe("asked", message -> nats.reply(message, "to " + message.text()));
    nats.subscribe("headers", message -> nats.reply(message, message.payload(), headers));
    nats.subscribe("async", message -> nats.async().reply(message, "later").join());
    assertEquals("to x", nats.request("asked", "x").text());
    assertEquals("later", nats.request("async", "x").text());
    NatsMessage reply = nats.async().request("headers", "x").get(10, TimeUnit.SECONDS);
    assertEquals("1", reply.headers().get("A"));
    NatsMessage asksNothing = new NatsMessage("asked", bytes("x"));
    assertThrows(IllegalArgumentException.class, () -> nats.reply(asksNothing, "x"));
  }

  @Test
  void whatIsNoSubjectToPublishToIsRefused() {
    assertThrows(InvalidSubjectException.class, () -> nats.request("a.*", bytes("x")));
    assertThrows(InvalidSubjectException.class, () -> nats.request("a b", bytes("x")));
  }

  @Test
  void respondersOfOneGroupShareTheRequests() {
    Queue<String> answering = new ConcurrentLinkedQueue<>();
    for (String name : List.of("first", "second")) {
      RequestHandler<NatsMessage, byte[]> handler =
          request -> {
            answering.add(name);
            return bytes(name);
          };
      nats.respond("shared", "group", handler);
    }
    for (int i = 0; i < 100; i++) nats.request("shared", bytes("x"));
    nats.drain();
    assertEquals(100, answering.size());
    assertEquals(Set.of("first", "second"), Set.copyOf(answering));
  }

  private Stream<String> many(String subject, RequestManyLimits limits) {
    return nats.requestMany(subject, bytes("x"), limits).map(NatsMessage::text);
  }

  private void answerEachRequestBy(String... replies) {
    nats.subscribe(
        "many",
        request -> {
          for (String reply : replies) nats.publish(request.replyTo(), bytes(reply));
        });
  }

  @Test
  void manyRepliesUntilALimit() {
    answerEachRequestBy("1", "2", "", "3");
    RequestManyLimits limits = RequestManyLimits.builder().total(LONG).build();
    assertEquals(
        List.of("1", "2"), many("many", limits.toBuilder().maxMessages(2).build()).toList());
    assertEquals(
        List.of("1", "2"), many("many", limits.toBuilder().endedByEmptyPayload().build()).toList());
    RequestManyLimits untilQuiet = limits.toBuilder().total(HOUR).stall(SHORT).build();
    assertEquals(List.of("1", "2", "", "3"), many("many", untilQuiet).toList());
    RequestManyLimits untilTwo =
        limits.toBuilder().sentinel(reply -> reply.text().equals("2")).build();
    assertEquals(List.of("1"), many("many", untilTwo).toList());
    RequestManyLimits shortly = RequestManyLimits.builder().total(Duration.ofMillis(200)).build();
    assertEquals(List.of("1", "2", "", "3"), many("many", shortly).toList());
    assertEquals(0, nats.stats().pendingRequests());
  }

  @Test
  void manyRepliesOfNobody() {
    RequestManyLimits limits = RequestManyLimits.builder().total(SHORT).build();
    assertThrows(NoRespondersException.class, () -> many("nobody", limits).toList());
    nats.subscribe("silent");
    assertEquals(List.of(), many("silent", limits).toList());
  }

  @Test
  void aStreamOfRepliesIsSentWhenItIsReadAndForgottenWhenItIsClosed() {
    answerEachRequestBy("1", "2", "3");
    RequestManyLimits limits = RequestManyLimits.builder().total(LONG).build();
    many("many", limits).close();
    assertEquals(0, nats.stats().pendingRequests());
    try (Stream<String> replies = many("many", limits)) {
      assertEquals("1", replies.iterator().next());
      assertEquals(1, nats.stats().pendingRequests());
    }
    await(() -> nats.stats().pendingRequests() == 0);
  }
}
