package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.samples.Lesson;
import dev.midge.nats.samples.SampleServer;
import java.time.Duration;
import java.util.Map;

/**
 * One request, many replies. Run it with {@code mvn -q -Pquickstart
 * -Dsample=dev.midge.nats.samples.java.RequestMany}.
 */
public final class RequestMany {
  private static final byte[] NOTHING = {};

  private final Lesson lesson = new Lesson("RequestMany.java");

  private RequestMany() {}

  /** Runs the lesson. */
  public static void main(String[] args) {
    try (var server = SampleServer.start();
        var nats = NatsClient.connect(server.getUrl())) {
      System.out.printf(
          "Requests with many replies in Java, with %s at %s%n",
          server.getDescription(), server.getUrl());
      new RequestMany().run(nats);
    }
  }

  private void run(NatsClient nats) {
    lesson.step("A known number of replies");
    // Without a queue group everybody answers. The stream ends with the third reply.
    Map.of("oslo", 7, "rome", 0, "cairo", 3)
        .forEach(
            (shop, pounds) ->
                nats.respond("stock.tea", any -> (shop + " has " + pounds).getBytes(UTF_8)));
    var three = RequestManyLimits.builder().maxMessages(3).build();
    try (var replies = nats.requestMany("stock.tea", NOTHING, three)) {
      lesson.effect("received " + replies.map(NatsMessage::text).sorted().toList());
    }

    lesson.step("As many as there are");
    // Ends when no reply has come for a second after the one before. The request timeout bounds it
    // all.
    var untilQuiet = RequestManyLimits.builder().stall(Duration.ofSeconds(1)).build();
    try (var replies = nats.requestMany("stock.tea", NOTHING, untilQuiet)) {
      lesson.effect("received " + replies.count() + " replies");
    }

    inParts(nats);

    lesson.step("Nobody there");
    // Known at once, as with a request for one reply.
    try (var replies =
        nats.requestMany("nobody.home", NOTHING, RequestManyLimits.builder().build())) {
      replies.forEach(reply -> System.out.println(reply.text()));
    } catch (NoRespondersException e) {
      lesson.effect("NoRespondersException: " + e.getMessage());
    }
    nats.drain();
  }

  private void inParts(NatsClient nats) {
    lesson.step("Until the responder says so");
    // A responder that has much to say publishes to the reply subject; here an empty payload is the
    // last thing it says.
    nats.subscribe(
        "pages",
        request -> {
          for (int page = 1; page <= 5; page++) {
            nats.reply(request, "page " + page);
          }
          nats.reply(request, NOTHING);
        });
    var toTheEnd = RequestManyLimits.builder().endedByEmptyPayload().build();
    try (var pages = nats.requestMany("pages", NOTHING, toTheEnd)) {
      lesson.effect("received " + pages.map(NatsMessage::text).toList());
    }

    lesson.step("Enough");
    // Whoever closes the stream waits for no more.
    try (var pages = nats.requestMany("pages", NOTHING, toTheEnd)) {
      var some = pages.limit(2).map(NatsMessage::text).toList();
      lesson.effect("received %s; the other replies find nobody".formatted(some));
    }
  }
}
