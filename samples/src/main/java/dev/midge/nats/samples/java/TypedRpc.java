package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.Reply;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.SubscribeOptions;
import dev.midge.nats.java.TypedSubject;
import dev.midge.nats.samples.Lesson;
import dev.midge.nats.samples.SampleServer;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Calls with values. Run it with {@code mvn -q -Pquickstart
 * -Dsample=dev.midge.nats.samples.java.TypedRpc}.
 */
public final class TypedRpc {
  record Division(int dividend, int divisor) {}

  record Quotient(int value, int remainder) {}

  private static final Codec<Quotient> QUOTIENT = Codecs.json(Quotient.class);

  private final Lesson lesson = new Lesson("TypedRpc.java");

  private TypedRpc() {}

  /** Runs the lesson. */
  public static void main(String[] args) {
    try (var server = SampleServer.start();
        var nats = NatsClient.connect(server.getUrl())) {
      System.out.printf(
          "Typed requests in Java, with %s at %s%n", server.getDescription(), server.getUrl());
      new TypedRpc().run(nats);
    }
  }

  private void run(NatsClient nats) {
    lesson.step("Respond and request");
    // The subject has the codec of the requests; the one of the replies is named where they are.
    var greet = nats.subject("greet", Codecs.json(Integer.class));
    greet.respond(Codecs.text(), number -> "Hello " + number);
    var greeting = greet.request(42, Codecs.text());
    lesson.effect("the reply is '%s'".formatted(greeting));

    lesson.step("A service");
    // What the handler throws reaches the caller as a ServiceErrorException.
    var divide = nats.subject("divide", Codecs.json(Division.class));
    divide.respond(QUOTIENT, SubscribeOptions.inGroup("calculators"), TypedRpc::divide);
    var quotient = divide.request(new Division(17, 5), QUOTIENT);
    lesson.effect("17 / 5 is " + quotient);

    errors(nats, divide);

    lesson.step("Many at once");
    // Futures, all of which share one inbox; each gets its own answer.
    var answers =
        IntStream.range(0, 100)
            .mapToObj(i -> divide.requestAsync(new Division(i, 7), QUOTIENT))
            .toList();
    var sum = answers.stream().map(CompletableFuture::join).mapToInt(Quotient::remainder).sum();
    lesson.effect("%d answers; remainders add up to %d".formatted(answers.size(), sum));

    lesson.step("Headers both ways");
    nats.respondWith(
        "whoami",
        request -> {
          var user = request.headers().get("User");
          return new Reply(("you are " + user).getBytes(UTF_8), Headers.of("Asked", "whoami"));
        });
    var asJoe = Headers.of("User", "joe");
    var answer = nats.request(new Subject("whoami"), "?".getBytes(UTF_8), asJoe, null);
    lesson.effect("the reply is '%s'".formatted(answer.text()));
    nats.drain();
  }

  private void errors(NatsClient nats, TypedSubject<Division> divide) {
    lesson.step("Errors are typed");
    try {
      divide.request(new Division(1, 0), QUOTIENT);
    } catch (ServiceErrorException e) {
      lesson.effect("%d '%s'".formatted(e.code(), e.error()));
    }
    // What is no Division is answered without asking the handler.
    try {
      nats.subject("divide", Codecs.text()).request("one by two", QUOTIENT);
    } catch (ServiceErrorException e) {
      lesson.effect(e.code() + " for what is no Division");
    }
  }

  private static Quotient divide(Division division) {
    if (division.divisor() == 0) {
      throw new ServiceErrorException(422, "nobody divides by zero", null);
    }
    return new Quotient(
        division.dividend() / division.divisor(), division.dividend() % division.divisor());
  }
}
