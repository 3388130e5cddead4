package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.Subject;
import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.TypedReply;
import dev.midge.nats.serialization.Undecodable;
import dev.midge.nats.serialization.UndecodableMessageException;
import dev.midge.nats.serialization.UnencodableValueException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Subjects with values of one type. */
abstract class TypedBehaviour extends Behaviour {
  record Point(int x, int y) {}

  /** Four bytes for each coordinate; those below zero are not to be sent. */
  static final class PointCodec implements Codec<Point> {
    @Override
    public void encode(Point value, OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeInt(value.x());
      if (value.y() < 0) throw new IOException("below zero");
      data.writeInt(value.y());
    }

    @Override
    public Point decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      return new Point(data.readInt(), data.readInt());
    }

    @Override
    public Optional<String> contentType() {
      return Optional.of("application/x-point");
    }
  }

  TypedBehaviour(Callable<TestServer> start) {
    super(start);
  }

  private <T> void assertRoundTrip(Codec<T> codec, List<T> values) {
    TypedSubject<T> subject = nats.subject("values", codec);
    assertSame(codec, subject.codec());
    assertEquals("values", subject.subject().value());
    try (Subscription<TypedMessage<T>> subscription = subject.subscribe()) {
      for (T value : values) subject.publish(value);
      for (T value : values) assertTrue(subject.tryPublish(value));
      for (T value : values) subject.publishWritten(value);
      subject.publishAll(values);
      for (T value : values) subject.publishAsync(value).join();
      for (int round = 0; round < 5; round++) {
        for (T value : values) {
          assertEquals(value, subscription.next(LONG).orElseThrow().value());
        }
      }
    }
  }

  @Test
  void valuesOfEveryKindOfCodec() {
    assertRoundTrip(Codecs.json(Point.class), List.of(new Point(1, 2), new Point(-3, 4)));
    assertRoundTrip(
        Codecs.json(new TypeReference<Map<String, List<Point>>>() {}),
        List.of(Map.of("a", List.of(new Point(1, 2))), Map.of()));
    assertRoundTrip(
        Codecs.jackson(new ObjectMapper(), "text/json", Point.class), List.of(new Point(5, 6)));
    assertRoundTrip(Codecs.text(), List.of("grüß", "", "日本"));
    assertRoundTrip(new PointCodec(), List.of(new Point(7, 8)));
  }

  @Test
  void valuesAreTakenAsMessagesAre() throws Exception {
    TypedSubject<Point> points = nats.subject("points", new PointCodec());
    Subscription<TypedMessage<Point>> subscription = points.subscribe();
    assertEquals(Optional.empty(), subscription.next(Duration.ZERO));
    points.publish(new Point(1, 1), Headers.of("A", "1"), new Subject("answer"));
    points.publishAll(List.of(new Point(2, 2), new Point(3, 3), new Point(4, 4)));
    TypedMessage<Point> first = subscription.next().orElseThrow();
    assertEquals("answer", first.message().replyTo());
    assertEquals("1", first.message().headers().get("A"));
    subscription.unsubscribe(4);
    assertEquals(2, subscription.iterator().next().value().x());
    assertEquals(List.of(3, 4), subscription.stream().map(m -> m.value().x()).toList());
    assertFalse(subscription.isActive());
    AskingSubscriber<TypedMessage<Point>> subscriber = new AskingSubscriber<>();
    points.subscribe().publisher().subscribe(subscriber);
    AskingSubscriber<TypedMessage<Point>> other = new AskingSubscriber<>();
    points.messages().subscribe(other);
    points.publish(new Point(5, 5));
    subscriber.request(1);
    other.request(1);
    assertEquals(5, subscriber.element().value().x());
    assertEquals(5, other.element().value().x());
  }

  @Test
  void closingForgetsWhatWaits() {
    TypedSubject<String> texts = nats.subject("texts", Codecs.text());
    Subscription<TypedMessage<String>> subscription = texts.subscribe();
    texts.publishAll(List.of("1", "2", "3"));
    nats.flush();
    assertEquals("1", subscription.next().orElseThrow().value());
    subscription.close();
    subscription.close();
    assertEquals(Optional.empty(), subscription.next());
    assertEquals(0, subscription.pendingMessages());
    subscription.drain(LONG);
  }

  @Test
  void handlersGetValues() throws Exception {
    TypedSubject<Point> points = nats.subject("points", Codecs.json(Point.class));
    LinkedBlockingQueue<Point> handled = new LinkedBlockingQueue<>();
    points.subscribe(message -> handled.add(message.value()));
    points.subscribe(SubscribeOptions.inGroup("group"), message -> handled.add(message.value()));
    points.publish(new Point(1, 2));
    assertEquals(new Point(1, 2), taken(handled));
    assertEquals(new Point(1, 2), taken(handled));
  }

  @Test
  void aValueThatDoesNotEncodeIsNotSent() {
    TypedSubject<Point> points = nats.subject("points", new PointCodec());
    Subscription<TypedMessage<Point>> subscription = points.subscribe();
    Point bad = new Point(1, -1);
    var e = assertThrows(UnencodableValueException.class, () -> points.publish(bad));
    assertEquals("below zero", rootOf(e).getMessage());
    List<Point> some = List.of(new Point(1, 1), bad);
    assertThrows(UnencodableValueException.class, () -> points.publishAll(some));
    assertThrows(UnencodableValueException.class, () -> points.tryPublish(bad));
    points.publish(new Point(2, 2));
    assertEquals(2, subscription.next().orElseThrow().value().x());
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }

  @Test
  void whatDoesNotDecodeIsSkippedOrFailsOrIsPutAside() {
    TypedSubject<Point> points = nats.subject("points", new PointCodec());
    SubscribeOptions defaults = SubscribeOptions.defaults();
    Subscription<NatsMessage> aside = nats.subscribe("aside");
    Subscription<TypedMessage<Point>> skipping =
        points.subscribe(defaults.withUndecodable(Undecodable.Skip.INSTANCE));
    Subscription<TypedMessage<Point>> failing =
        points.subscribe(defaults.withUndecodable(Undecodable.Fail.INSTANCE));
    Subscription<TypedMessage<Point>> moving =
        points.subscribe(defaults.withUndecodable(new Undecodable.DeadLetter("aside")));
    nats.publish("points", bytes("bad"));
    points.publish(new Point(1, 2));
    assertEquals(new Point(1, 2), skipping.next().orElseThrow().value());
    assertEquals(1, skipping.undecodableMessages());
    assertThrows(UndecodableMessageException.class, failing::next);
    assertEquals(Optional.empty(), failing.next());
    assertFalse(failing.isActive());
    assertEquals(new Point(1, 2), moving.next().orElseThrow().value());
    assertEquals(1, moving.deadLetters());
    NatsMessage letter = aside.next(LONG).orElseThrow();
    assertEquals("bad", letter.text());
    assertFalse(letter.headers().isEmpty());
  }

  @Test
  void requestsAndRepliesHaveValues() {
    TypedSubject<Point> points = nats.subject("points", Codecs.json(Point.class));
    points.respond(
        Codecs.text(),
        point -> {
          if (point.x() < 0) throw new ServiceErrorException(422, "below zero", null);
          return "x" + point.x();
        });
    assertEquals("x7", points.request(new Point(7, 0), Codecs.text()));
    assertEquals("x8", points.requestAsync(new Point(8, 0), Codecs.text()).join());
    Point bad = new Point(-1, 0);
    var e = assertThrows(ServiceErrorException.class, () -> points.request(bad, Codecs.text()));
    assertEquals(422, e.code());
    var undecodable =
        assertThrows(ServiceErrorException.class, () -> nats.request("points", bytes("bad")));
    assertEquals(400, undecodable.code());
    assertThrows(
        UndecodableMessageException.class,
        () -> points.request(new Point(1, 0), Codecs.json(Point.class), Headers.Empty, LONG));
  }

  /** Says who has decoded it. */
  static final class ThreadCodec implements Codec<Thread> {
    @Override
    public void encode(Thread value, OutputStream out) throws IOException {
      throw new IOException("a thread stays where it is");
    }

    @Override
    public Thread decode(InputStream in) {
      return Thread.currentThread();
    }
  }

  @Test
  void theThreadThatAsksDecodesTheReply() {
    TypedSubject<Point> points = nats.subject("points", new PointCodec());
    points.respond(new PointCodec(), point -> point);
    assertSame(Thread.currentThread(), points.request(new Point(1, 2), new ThreadCodec()));
  }

  @Test
  void responsesHaveHeadersAndSubscriptionsAnEnd() {
    TypedSubject<Point> points = nats.subject("points.*", Codecs.json(Point.class));
    Subscription<NatsMessage> responder =
        points.respondWith(
            Codecs.text(),
            request -> new TypedReply<>(request.subject(), Headers.of("Y", y(request))));
    NatsMessage reply = nats.request("points.a", "{\"x\":1,\"y\":2}");
    assertEquals("points.a", reply.text());
    assertEquals("2", reply.headers().get("Y"));
    responder.drain(LONG);
    assertFalse(responder.isActive());
  }

  private static String y(TypedMessage<Point> request) {
    return "" + request.value().y();
  }

  @Test
  void aNullThatNobodyWouldTakeIsNotSent() {
    for (Codec<Point> codec : List.of(Codecs.json(Point.class), new PointCodec())) {
      var points = nats.subject("points", codec);
      var sent =
          List.<Runnable>of(
              () -> points.publish(null),
              () -> points.tryPublish(null),
              () -> points.publishWritten(null),
              () -> points.request(null, codec));
      for (Runnable send : sent) {
        var failure = assertThrows(UnencodableValueException.class, send::run);
        assertEquals(Point.class.getTypeName(), failure.type());
        assertEquals("null", failure.valueType());
      }
    }
  }

  @Test
  void aNullForAnAnswerIsError500() {
    var points = nats.subject("points", Codecs.json(Point.class));
    points.respond(Codecs.json(Point.class), request -> null);
    var failure =
        assertThrows(
            ServiceErrorException.class,
            () -> points.request(new Point(1, 2), Codecs.json(Point.class)));
    assertEquals(500, failure.code());
  }
}
