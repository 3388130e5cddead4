package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.BufferOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Publishing of many messages together. */
abstract class BatchBehaviour extends Behaviour {
  private static final Subject SUBJECT = new Subject("a.b");

  BatchBehaviour(Callable<TestServer> start) {
    super(start);
  }

  private static OutgoingMessage message(int number) {
    return new OutgoingMessage(SUBJECT, bytes(Integer.toString(number)));
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @Test
  void aBatchTakesMessagesOfAllKinds() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    TypedSubject<String> typed = nats.subject("a.t", Codecs.text());
    nats.publishBatch(
        batch -> {
          batch.publish("a.b", bytes("1"));
          batch.publish(SUBJECT, bytes("2"));
          batch.publish(SUBJECT, ByteBuffer.wrap(bytes("3")));
          batch.publish(SUBJECT, bytes("4"), Headers.of("A", "1"), new Subject("r"));
          batch.publish(message(5));
          batch.publish(typed, "6");
        });
    assertEquals(List.of("1", "2", "3", "4", "5", "6"), texts(all, 6));
  }

  @Test
  void aBatchThatFailsSendsNothing() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    var failure = new UnsupportedOperationException("no more");
    assertEquals(
        failure,
        assertThrows(
            UnsupportedOperationException.class,
            () ->
                nats.publishBatch(
                    batch -> {
                      batch.publish(SUBJECT, bytes("lost"));
                      throw failure;
                    })));
    nats.publish(SUBJECT, bytes("sent"));
    assertEquals(List.of("sent"), texts(all, 1));
  }

  @Test
  void allOfAnIterable() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    nats.publishAll(IntStream.range(0, 1_000).mapToObj(BatchBehaviour::message).toList());
    nats.publishAll(List.of());
    assertEquals(numbers(1_000), texts(all, 1_000));
  }

  @Test
  void allOfAPublisherWhichIsNeverFarAhead() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    CountingPublisher<OutgoingMessage> messages =
        new CountingPublisher<>(5_000, BatchBehaviour::message);
    nats.publishAll(messages);
    assertEquals(numbers(5_000), texts(all, 5_000));
    assertTrue(messages.mostRequestedAtOnce() <= 1_000, () -> "" + messages.mostRequestedAtOnce());
  }

  @Test
  void theErrorOfAPublisherIsThrownAfterWhatCameBefore() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    nats.flush();
    // What came before waits for room when the error comes.
    BufferOptions small = BufferOptions.builder().outbound(16 * 1024).build();
    NatsOptions options = NatsOptions.builder().servers(server.url()).buffers(small).build();
    var failure = new UnsupportedOperationException("no more");
    try (NatsClient other = NatsClient.connect(options)) {
      for (int round = 1; round <= 20; round++) {
        var messages = new CountingPublisher<>(200, number -> large()).failingWith(failure);
        assertThrows(UnsupportedOperationException.class, () -> other.publishAll(messages));
        other.flush();
        nats.flush();
        assertEquals(200 * round, all.receivedMessages());
      }
    }
  }

  private static OutgoingMessage large() {
    return new OutgoingMessage(SUBJECT, new byte[4 * 1024]);
  }

  @Test
  void cancellingTheFutureCancelsThePublisher() throws Exception {
    CountingPublisher<OutgoingMessage> silent =
        new CountingPublisher<>(10, BatchBehaviour::message).neverEnding();
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    CompletableFuture<?> publishing = nats.async().publishAll(silent);
    assertEquals(numbers(10), texts(all, 10));
    publishing.cancel(true);
    assertTrue(silent.awaitCancelled());
  }

  @Test
  void cancellingBeforeThePublisherHasAnsweredCancelsItThen() throws Exception {
    LatePublisher<OutgoingMessage> late = new LatePublisher<>();
    CompletableFuture<?> publishing = nats.async().publishAll(late);
    late.awaitSubscriber();
    publishing.cancel(true);
    assertTrue(late.answer());
  }

  @Test
  void theErrorOfAPublisherFailsTheFuture() {
    var failure = new UnsupportedOperationException("no more");
    var messages = new CountingPublisher<>(1, BatchBehaviour::message).failingWith(failure);
    var e =
        assertThrows(
            ExecutionException.class,
            () -> nats.async().publishAll(messages).get(10, TimeUnit.SECONDS));
    assertEquals(UnsupportedOperationException.class, e.getCause().getClass());
  }
}
