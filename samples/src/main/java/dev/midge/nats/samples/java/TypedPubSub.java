package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.SubscribeOptions;
import dev.midge.nats.samples.Lesson;
import dev.midge.nats.samples.SampleServer;
import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.Undecodable;
import java.util.List;

/**
 * Values instead of bytes. Run it with {@code mvn -q -Pquickstart
 * -Dsample=dev.midge.nats.samples.java.TypedPubSub}.
 */
public final class TypedPubSub {
  /** What is sent. Jackson knows how. */
  record Person(int age, String name) {}

  /** Made once and kept: looking at a type takes longer than using it. */
  private static final Codec<Person> PERSON = Codecs.json(Person.class);

  private final Lesson lesson = new Lesson("TypedPubSub.java");

  private TypedPubSub() {}

  /** Runs the lesson. */
  public static void main(String[] args) {
    try (var server = SampleServer.start();
        var nats = NatsClient.connect(server.getUrl())) {
      System.out.printf(
          "Typed messages in Java, with %s at %s%n", server.getDescription(), server.getUrl());
      new TypedPubSub().run(nats);
    }
  }

  private void run(NatsClient nats) {
    lesson.step("Publish a value, receive a value");
    // A subject and a codec. What comes with a message is at hand: subject, reply subject, headers.
    try (var people = nats.subject("people.*", PERSON).subscribe()) {
      nats.subject("people.joe", PERSON).publish(new Person(30, "Joe"));
      var joe = people.next().orElseThrow();
      var wire = joe.message().text();
      lesson.effect(
          "received %s on %s: %s on the wire".formatted(joe.value(), joe.subject(), wire));
    }

    lesson.step("Bind a subject once");
    // Connection, subject and codec together: no look-up at any publish. Fit for loops.
    var ages = nats.subject("ages", Codecs.json(Integer.class));
    try (var received = ages.subscribe().stream()) {
      ages.publish(1);
      ages.publishAll(List.of(2, 3));
      var values = received.limit(3).map(TypedMessage::value).toList();
      lesson.effect("received %s; the last two went out as one batch".formatted(values));
    }

    badMessages(nats);

    lesson.step("Another format");
    // Any mapper of Jackson is a codec. One's own codec is two methods: see Codec.
    var cbor = Codecs.jackson(new CBORMapper(), "application/cbor", Person.class);
    var packed = nats.subject("packed", cbor);
    try (var people = packed.subscribe()) {
      packed.publish(new Person(41, "Jim"));
      var jim = people.next().orElseThrow();
      var bytes = jim.message().payload().length;
      lesson.effect("received %s, %d B of CBOR".formatted(jim.value(), bytes));
    }
    nats.drain();
  }

  private void badMessages(NatsClient nats) {
    lesson.step("What does not decode");
    // Passed over and counted, or the end of the subscription, or kept for somebody to look at: it
    // is never the end of the connection.
    var staff = nats.subject("staff", PERSON);
    var toLetters =
        SubscribeOptions.defaults().withUndecodable(new Undecodable.DeadLetter("dead.people"));
    try (var letters = nats.subscribe("dead.people");
        var people = staff.subscribe(toLetters)) {
      nats.publish("staff", "no JSON at all".getBytes(UTF_8));
      staff.publish(new Person(50, "Ann"));
      var ann = people.next().orElseThrow().value();
      var letter = letters.next().orElseThrow();
      var origin = letter.headers().get("Dead-Letter-Subject");
      lesson.effect(
          "received %s; %d dead letter: '%s' of %s"
              .formatted(ann, people.deadLetters(), letter.text(), origin));
    }
  }
}
