package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.Headers;
import dev.midge.nats.InvalidSubjectException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.PayloadTooLargeException;
import dev.midge.nats.Subject;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Publishing of single messages. */
abstract class PublishingBehaviour extends Behaviour {
  private static final Subject SUBJECT = new Subject("a.b");

  PublishingBehaviour(Callable<TestServer> start) {
    super(start);
  }

  @Test
  void inThreeModesInTheOrderOfTheCalls() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    nats.publish("a.b", bytes("1"));
    assertTrue(nats.tryPublish("a.b", bytes("2")));
    nats.publishWritten("a.b", bytes("3"));
    nats.publish(SUBJECT, bytes("4"));
    assertTrue(nats.tryPublish(SUBJECT, bytes("5")));
    nats.publishWritten(SUBJECT, bytes("6"));
    assertEquals(List.of("1", "2", "3", "4", "5", "6"), texts(all, 6));
  }

  @Test
  void partsOfArraysAndBuffers() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    nats.publish(SUBJECT, bytes("-one-"), 1, 3);
    ByteBuffer buffer = ByteBuffer.wrap(bytes("-two-")).position(1).limit(4);
    nats.publish(SUBJECT, buffer);
    ByteBuffer direct = ByteBuffer.allocateDirect(5).put(bytes("three")).flip();
    nats.publish(SUBJECT, direct, Headers.of("A", "1"), null);
    assertEquals(List.of("one", "two", "three"), texts(all, 3));
    assertEquals(1, buffer.position());
    assertEquals(4, buffer.limit());
    assertThrows(IndexOutOfBoundsException.class, () -> nats.publish(SUBJECT, bytes("abc"), 1, 3));
  }

  @Test
  void partsAndBuffersWithoutWaiting() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    assertTrue(nats.tryPublish(SUBJECT, bytes("-one-"), 1, 3));
    ByteBuffer buffer = ByteBuffer.wrap(bytes("-two-")).position(1).limit(4);
    assertTrue(nats.tryPublish("a.b", buffer));
    assertEquals(List.of("one", "two"), texts(all, 2));
    assertEquals(1, buffer.position());
  }

  /** Such calls make nothing to wait by if there is nothing to wait for. */
  @Test
  void noFormCostsMoreThanAnother() {
    byte[] payload = bytes("x");
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    long whole = allocated(() -> nats.publish(SUBJECT, payload));
    long part = allocated(() -> nats.publish(SUBJECT, payload, 0, 1));
    long buffered = allocated(() -> nats.publish(SUBJECT, buffer));
    assertTrue(part <= whole + 16, () -> part + " B rather than " + whole);
    // One view of the buffer.
    assertTrue(buffered <= whole + 80, () -> buffered + " B rather than " + whole);
  }

  /** By one call, in bytes, by this thread. */
  private long allocated(Runnable call) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      nats.flush();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) call.run();
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 1_000);
    }
    return least;
  }

  @Test
  void textsAsUtf8() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    nats.publish(SUBJECT, "größe");
    nats.publish("a.b", "日本");
    nats.publishBatch(batch -> batch.publish("a.b", "x"));
    assertEquals(List.of("größe", "日本", "x"), texts(all, 3));
  }

  @Test
  void withHeadersAndReply() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    Headers headers = Headers.of("A", "1").with("A", "2");
    nats.publish("a.b", bytes("x"), headers);
    nats.publish("a.b", bytes("x"), headers, "answer.here");
    nats.tryPublish(SUBJECT, bytes("x"), headers, new Subject("answer.here"));
    nats.publishWritten(SUBJECT, bytes("x"), headers, new Subject("answer.here"));
    nats.publish(new OutgoingMessage(SUBJECT, bytes("x"), headers, new Subject("answer.here")));
    for (int i = 0; i < 5; i++) {
      NatsMessage message = all.next(LONG).orElseThrow();
      assertEquals(List.of("1", "2"), message.headers().values("A"));
      assertEquals(i == 0 ? null : "answer.here", message.replyTo());
    }
  }

  @Test
  void thePayloadMayBeUsedAgainAtOnce() {
    Subscription<NatsMessage> all = nats.subscribe("a.>");
    byte[] payload = bytes("1");
    nats.publish(SUBJECT, payload);
    payload[0] = '2';
    nats.publish(SUBJECT, ByteBuffer.wrap(payload));
    payload[0] = '3';
    nats.publishWritten(SUBJECT, payload);
    payload[0] = '4';
    assertEquals(List.of("1", "2", "3"), texts(all, 3));
  }

  @Test
  void whatCannotBeSentIsRefused() {
    Subscription<NatsMessage> all = nats.subscribe(">");
    assertThrows(InvalidSubjectException.class, () -> nats.publish("a b", bytes("x")));
    assertThrows(InvalidSubjectException.class, () -> nats.publish("a.*", bytes("x")));
    assertThrows(InvalidSubjectException.class, () -> nats.tryPublish("a.*", bytes("x")));
    byte[] large = new byte[2 * 1024 * 1024];
    assertThrows(PayloadTooLargeException.class, () -> nats.publish(SUBJECT, large));
    assertThrows(PayloadTooLargeException.class, () -> nats.publishWritten(SUBJECT, large));
    assertThrows(PayloadTooLargeException.class, () -> nats.tryPublish(SUBJECT, large));
    nats.publish(SUBJECT, bytes("x"));
    assertEquals(List.of("x"), texts(all, 1));
  }

  @Test
  void onlyTryPublishDoesNotConnect() {
    try (NatsClient lazy = NatsClient.create(NatsOptions.builder().servers(server.url()).build())) {
      assertFalse(lazy.tryPublish(SUBJECT, bytes("1")));
      assertEquals(ConnectionState.Idle, lazy.state());
      Subscription<NatsMessage> all = nats.subscribe("a.>");
      nats.flush();
      lazy.publish(SUBJECT, bytes("2"));
      assertEquals(ConnectionState.Connected, lazy.state());
      assertEquals(List.of("2"), texts(all, 1));
    }
  }

  @Test
  void afterTheEndNothingIsTaken() {
    nats.close();
    assertThrows(ConnectionClosedException.class, () -> nats.publish(SUBJECT, bytes("x")));
    assertThrows(ConnectionClosedException.class, () -> nats.publishWritten(SUBJECT, bytes("x")));
    assertThrows(
        ConnectionClosedException.class, () -> nats.publishBatch(b -> b.publish("a", bytes("x"))));
    assertFalse(nats.tryPublish(SUBJECT, bytes("x")));
  }

  @Test
  void flushReturnsWhenTheServerHasItAll() {
    try (NatsClient other = NatsClient.connect(server.url())) {
      Subscription<NatsMessage> all = other.subscribe("a.>");
      other.flush(LONG);
      for (int i = 0; i < 100; i++) nats.publish(SUBJECT, bytes("x"));
      nats.flush();
      other.flush();
      assertEquals(100, all.receivedMessages());
      assertFalse(nats.ping().isNegative());
      assertFalse(nats.ping(LONG).isZero());
      assertNull(all.next().orElseThrow().replyTo());
    }
  }
}
