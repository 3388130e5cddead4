package dev.midge.nats.java.jetstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.midge.nats.Headers;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.jetstream.OrderedConfig;
import dev.midge.nats.jetstream.PublishOptions;
import dev.midge.nats.jetstream.StoredMessage;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.serialization.UndecodableMessageException;
import dev.midge.nats.serialization.UnencodableValueException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Values in the messages of streams, as a Java program uses them. */
@ExtendWith(JetStreamServer.class)
@Timeout(60)
class ValuesIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  record Order(String customer, int amount) {}

  /** Eight bytes; an amount below zero is not to be sent. */
  static final class AmountCodec implements Codec<Integer> {
    @Override
    public void encode(Integer value, OutputStream out) throws IOException {
      if (value < 0) throw new IOException("below zero");
      new DataOutputStream(out).writeLong(value);
    }

    @Override
    public Integer decode(InputStream in) throws IOException {
      return (int) new DataInputStream(in).readLong();
    }
  }

  private static final Codec<Order> ORDERS = Codecs.json(Order.class);
  private static final Codec<Integer> AMOUNTS = new AmountCodec();
  private static final Order ORDER = new Order("joe", 3);
  private final JetStream js;
  private String subject;
  private NatsStream stream;

  ValuesIT(NatsClient nats) {
    js = JetStream.of(nats);
  }

  @BeforeEach
  void stream(TestInfo test) {
    String name = "V_" + test.getTestMethod().orElseThrow().getName();
    subject = name + ".a";
    stream =
        js.createStream(
            StreamConfig.builder(name)
                .subjects(name + ".>")
                .allowAtomicPublish(true)
                .allowFastIngest(true)
                .build());
  }

  private StoredMessage stored(long sequence) {
    return stream.message(sequence).orElseThrow();
  }

  @Test
  void arePublishedAndReadByTheirCodecs() {
    Codec<List<Order>> lists = Codecs.json(new TypeReference<>() {});
    assertEquals(1, js.publish(subject, ORDER, ORDERS).sequence());
    js.publish(new Subject(subject), List.of(ORDER, ORDER), lists);
    js.publish(subject, "text", Codecs.text());
    js.publishAsync(subject, 7, AMOUNTS).join();

    assertEquals("{\"customer\":\"joe\",\"amount\":3}", stored(1).text());
    assertEquals(ORDER, stream.value(stored(1), ORDERS));
    assertEquals(List.of(ORDER, ORDER), stream.value(stored(2), lists));
    assertEquals("text", stream.value(stored(3), Codecs.text()));
    assertEquals(7, stream.value(stored(4), AMOUNTS));
    assertTrue(stored(1).headers().isEmpty());
    try (Stream<JetStreamMessage> all = stream.ordered(OrderedConfig.builder().build())) {
      assertEquals(ORDER, all.findFirst().orElseThrow().value(ORDERS));
    }
  }

  @Test
  void goWithOptions() {
    PublishOptions once = PublishOptions.builder().messageId("1").build();
    assertFalse(js.publish(subject, ORDER, ORDERS, once).isDuplicate());
    assertTrue(js.publish(subject, ORDER, ORDERS, once).isDuplicate());
    assertTrue(js.publishAsync(subject, ORDER, ORDERS, once).join().isDuplicate());
  }

  @Test
  void goOutByManyAndInBatches() {
    Stream<OutgoingMessage> messages =
        IntStream.range(0, 10).mapToObj(i -> js.outgoing(subject, i, AMOUNTS));
    assertEquals(10, js.publishAll(messages::iterator).count());
    Headers own = Headers.of("Own", "1");
    assertEquals(own, js.outgoing(subject, 1, AMOUNTS, own).headers());
    PublishOptions known = PublishOptions.builder().messageId("2").build();
    js.publishAtomically(
        batch -> {
          batch.publish(subject, 10, AMOUNTS);
          batch.publish(subject, 11, AMOUNTS, known);
          assertEquals(2, batch.size());
        });
    js.ingest(
        ingest -> {
          ingest.publish(subject, 12, AMOUNTS);
          ingest.publish(subject, 13, AMOUNTS, own);
        });
    assertEquals(
        IntStream.range(0, 14).boxed().toList(),
        stream.messages(1).map(message -> stream.value(message, AMOUNTS)).toList());
    assertEquals("2", stored(12).headers().get("Nats-Msg-Id"));
    assertEquals("1", stored(14).headers().get("Own"));
  }

  @Test
  void areNotSentIfTheyDoNotEncode() {
    assertThrows(UnencodableValueException.class, () -> js.publish(subject, -1, AMOUNTS));
    assertThrows(UnencodableValueException.class, () -> js.publishAsync(subject, -1, AMOUNTS));
    assertThrows(
        UnencodableValueException.class,
        () -> js.publishAtomically(batch -> batch.publish(subject, -1, AMOUNTS)));
    assertEquals(0, stream.info().state().messages());
  }

  @Test
  void areTheMessagesOwnConcernIfTheyDoNotDecode() {
    js.publish(subject, "text".getBytes());
    NatsConsumer consumer = stream.createConsumer("billing", config -> {});
    JetStreamMessage message = consumer.next(SOON).orElseThrow();
    UndecodableMessageException failure =
        assertThrows(UndecodableMessageException.class, () -> message.value(AMOUNTS));
    assertEquals(subject, failure.undecoded().subject());
    assertFalse(message.isAcknowledged());
    assertEquals("text", message.value(Codecs.text()));
    assertThrows(UndecodableMessageException.class, () -> stream.value(stored(1), ORDERS));
  }

  @Test
  void endTheirMessageInAHandlerIfTheyDoNotDecode() throws Exception {
    js.publish(subject, "no order".getBytes());
    js.publish(subject, ORDER, ORDERS);
    BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    CountDownLatch both = new CountDownLatch(2);
    NatsConsumer consumer = stream.createConsumer("billing", config -> {});
    try (Consuming consuming =
        consumer.consume(
            message -> {
              both.countDown();
              orders.add(message.value(ORDERS));
            })) {
      assertTrue(both.await(30, TimeUnit.SECONDS));
      consuming.drain();
      assertEquals(1, consuming.givenUp());
      assertEquals(1, consuming.handled());
    }
    assertEquals(List.of(ORDER), List.copyOf(orders));
    while (consumer.info().ackPending() > 0) Thread.onSpinWait();
  }
}
