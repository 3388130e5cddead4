package dev.midge.nats.java.jetstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.jetstream.FeatureNotEnabledException;
import dev.midge.nats.jetstream.NoStreamException;
import dev.midge.nats.jetstream.PublishAck;
import dev.midge.nats.jetstream.PublishAllException;
import dev.midge.nats.jetstream.PublishOptions;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.jetstream.WrongLastException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Publishing with acknowledgements, as a Java program does it. */
@ExtendWith(JetStreamServer.class)
class PublishingIT {
  private static final byte[] HELLO = "hello".getBytes();
  private final JetStream js;
  private String name;
  private NatsStream stream;

  PublishingIT(NatsClient nats) {
    js = JetStream.of(nats);
  }

  @BeforeEach
  void stream(TestInfo test) {
    name = "P_" + test.getTestMethod().orElseThrow().getName();
    stream =
        js.createStream(
            StreamConfig.builder(name).subjects(name + ".>").allowAtomicPublish(true).build());
  }

  @Test
  void isAcknowledged() {
    PublishAck ack = js.publish(name + ".a", HELLO);
    assertEquals(name, ack.stream());
    assertEquals(1, ack.sequence());
    assertFalse(ack.isDuplicate());
    assertEquals("hello", stream.message(1).orElseThrow().text());
  }

  @Test
  void storesOneIdOnce() {
    PublishOptions options = PublishOptions.builder().messageId("42").build();
    js.publish(name + ".a", HELLO, options);
    assertTrue(js.publish(name + ".a", HELLO, options).isDuplicate());
    assertEquals(1, stream.info().state().messages());
  }

  @Test
  void failsIfItsExpectationDoes() {
    js.publish(name + ".a", HELLO);
    PublishOptions empty = PublishOptions.builder().expectLastSequence(0L).build();
    WrongLastException failure =
        assertThrows(WrongLastException.class, () -> js.publish(name + ".a", HELLO, empty));
    assertEquals(1L, failure.actual());
  }

  @Test
  void failsWithoutStream() {
    PublishOptions once = PublishOptions.builder().retries(0).build();
    assertThrows(NoStreamException.class, () -> js.publish("nobody", HELLO, once));
    CompletableFuture<PublishAck> later = js.publishAsync("nobody", HELLO, once);
    ExecutionException failure = assertThrows(ExecutionException.class, later::get);
    assertInstanceOf(NoStreamException.class, failure.getCause());
  }

  @Test
  void returnsFuturesInOrder() {
    List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) acks.add(js.publishAsync(name + ".a", HELLO));
    List<Long> sequences = acks.stream().map(ack -> ack.join().sequence()).toList();
    assertEquals(LongStream.rangeClosed(1, 1_000).boxed().toList(), sequences);
  }

  @Test
  void takesManyFromAnIterable() {
    List<OutgoingMessage> messages =
        IntStream.range(0, 500)
            .mapToObj(i -> new OutgoingMessage(new Subject(name + "." + i), HELLO))
            .toList();
    assertEquals(
        LongStream.rangeClosed(1, 500).boxed().toList(),
        js.publishAll(messages).map(PublishAck::sequence).toList());
  }

  @Test
  void takesManyWithAWindowAndOptions() {
    List<OutgoingMessage> messages =
        IntStream.range(0, 500)
            .mapToObj(i -> new OutgoingMessage(new Subject(name + ".a"), ("" + i).getBytes()))
            .toList();
    PublishOptions here = PublishOptions.builder().expectStream(name).build();
    List<Long> sequences =
        js.publishAll(messages, 10, true, here).map(PublishAck::sequence).toList();
    assertEquals(LongStream.rangeClosed(1, 500).boxed().toList(), sequences);
    for (int i = 0; i < 500; i += 99) {
      assertEquals("" + i, stream.message(i + 1).orElseThrow().text());
    }
    assertEquals(500, js.publishAll(messages, 200, false, PublishOptions.Default).count());
    PublishOptions elsewhere = PublishOptions.builder().expectStream("ELSEWHERE").build();
    PublishAllException failure =
        assertThrows(
            PublishAllException.class, () -> js.publishAll(messages, 10, true, elsewhere).toList());
    assertEquals(0, failure.index());
    assertThrows(
        IllegalArgumentException.class,
        () -> js.publishAll(messages, 0, true, PublishOptions.Default));
  }

  @Test
  void ingests() {
    js.createStream(
        StreamConfig.builder(name + "_I").subjects(name + "_I.>").allowFastIngest(true).build());
    PublishAck ack =
        js.ingest(
            50,
            ingest -> {
              for (int i = 0; i < 1_000; i++) ingest.publish(name + "_I.a", ("" + i).getBytes());
              assertEquals(1_000, ingest.sent());
              assertTrue(ingest.acknowledged() > 0);
            });
    assertEquals(1_000, ack.batchCount());
    assertEquals(1_000, ack.sequence());
    NatsStream stored = js.stream(name + "_I");
    for (int i = 0; i < 1_000; i += 99) {
      assertEquals("" + i, stored.message(i + 1).orElseThrow().text());
    }
  }

  @Test
  void throwsWhatEndsAnIngestion() {
    assertThrows(
        FeatureNotEnabledException.class,
        () -> js.ingest(ingest -> ingest.publish(name + ".a", HELLO)));
    assertEquals(0, stream.info().state().messages());
    assertThrows(IllegalStateException.class, () -> js.ingest(ingest -> {}));
    UnsupportedOperationException own = new UnsupportedOperationException("enough");
    UnsupportedOperationException thrown =
        assertThrows(
            UnsupportedOperationException.class,
            () ->
                js.ingest(
                    ingest -> {
                      throw own;
                    }));
    assertEquals("enough", thrown.getMessage());
  }

  @Test
  void storesABatchTogether() {
    PublishAck ack =
        js.publishAtomically(
            batch -> {
              batch.publish(name + ".a", HELLO);
              batch.publish(name + ".b", HELLO);
            });
    assertEquals(2, ack.sequence());
    assertEquals(2, ack.batchCount());
  }

  @Test
  void counts() {
    js.createStream(
        StreamConfig.builder(name + "_C").subjects(name + "_C.>").allowCounters(true).build());
    js.increment(name + "_C.a", 5);
    PublishOptions patient = PublishOptions.builder().timeout(Duration.ofSeconds(20)).build();
    PublishAck ack = js.increment(name + "_C.a", BigInteger.valueOf(-2), patient);
    assertEquals(BigInteger.valueOf(3), ack.value());
  }
}
