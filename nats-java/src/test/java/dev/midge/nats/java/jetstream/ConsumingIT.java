package dev.midge.nats.java.jetstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.jetstream.AlreadyAcknowledgedException;
import dev.midge.nats.jetstream.ConsumeOptions;
import dev.midge.nats.jetstream.ConsumerEndedException;
import dev.midge.nats.jetstream.ConsumerNotFoundException;
import dev.midge.nats.jetstream.NotAcknowledgedException;
import dev.midge.nats.jetstream.OrderedConfig;
import dev.midge.nats.jetstream.PoisonMessageException;
import dev.midge.nats.jetstream.PriorityPolicy;
import dev.midge.nats.jetstream.PullRefusedException;
import dev.midge.nats.jetstream.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Consumers as a Java program uses them. */
@ExtendWith(JetStreamServer.class)
@Timeout(60)
class ConsumingIT {
  private static final Duration SOON = Duration.ofSeconds(5);
  private final JetStream js;
  private String name;
  private NatsStream stream;

  ConsumingIT(NatsClient nats) {
    js = JetStream.of(nats);
  }

  @BeforeEach
  void stream(TestInfo test) {
    name = "C_" + test.getTestMethod().orElseThrow().getName();
    stream = js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
  }

  private void publish(int count) {
    IntStream.range(0, count).forEach(i -> js.publish(name + "." + i % 3, text(i)));
  }

  private static byte[] text(int number) {
    return Integer.toString(number).getBytes();
  }

  private NatsConsumer consumer() {
    return stream.createConsumer("billing", config -> config.ackWait(Duration.ofSeconds(30)));
  }

  @Test
  void areMadeChangedListedAndDeleted() {
    NatsConsumer consumer = consumer();
    assertEquals(Duration.ofSeconds(30), consumer.info().config().ackWait());
    stream.updateConsumer("billing", config -> config.description("bills"));
    stream.createOrUpdateConsumer("billing", config -> config.maxAckPending(7));
    assertEquals("bills", consumer.info().config().description());
    assertEquals(7, consumer.info().config().maxAckPending());
    assertEquals(List.of("billing"), stream.consumerNames().toList());
    assertEquals("billing", stream.consumers().findFirst().orElseThrow().name());
    assertTrue(consumer.pause(Instant.now().plusSeconds(60)));
    consumer.resume();
    consumer.delete();
    assertThrows(ConsumerNotFoundException.class, consumer::info);
  }

  @Test
  void giveMessagesThatAreAcknowledgedOnce() {
    publish(3);
    NatsConsumer consumer = consumer();
    JetStreamMessage first = consumer.next(SOON).orElseThrow();
    assertEquals("0", first.text());
    assertEquals(1, first.metadata().streamSequence());
    first.ackConfirmed();
    assertThrows(AlreadyAcknowledgedException.class, first::ack);
    JetStreamMessage second = consumer.next(SOON).orElseThrow();
    second.nak();
    List<JetStreamMessage> rest = consumer.fetch(2, SOON);
    assertEquals(List.of("1", "2"), rest.stream().map(JetStreamMessage::text).sorted().toList());
    rest.forEach(JetStreamMessage::terminate);
    assertTrue(consumer.fetchAvailable(1).isEmpty());
    assertTrue(consumer.next(Duration.ofMillis(100)).isEmpty());
  }

  @Test
  void areSharedByPriorityGroup() {
    publish(3);
    NatsConsumer consumer =
        stream.createConsumer(
            "shared",
            config ->
                config.priorityPolicy(PriorityPolicy.OVERFLOW).priorityGroups(List.of("first")));
    assertThrows(PullRefusedException.class, () -> consumer.fetch(1, SOON));
    assertEquals("0", consumer.next(SOON, "first").orElseThrow().text());
    List<JetStreamMessage> rest = consumer.fetch(2, SOON, 0, true, "first");
    assertEquals(List.of("1", "2"), rest.stream().map(JetStreamMessage::text).toList());
  }

  @Test
  void handleByKeyAndAcknowledgeByOutcome() throws Exception {
    publish(30);
    List<String> handled = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(30);
    ConsumeOptions quick =
        ConsumeOptions.builder().retryDelay(message -> Duration.ofMillis(10)).build();
    NatsConsumer consumer = consumer();
    try (Consuming consuming =
        consumer.consume(
            4,
            JetStreamMessage::subject,
            quick,
            Runnable::run,
            message -> {
              if (message.text().equals("3") && message.metadata().delivered() < 3) {
                throw new IllegalStateException("not now");
              }
              if (message.text().equals("4")) {
                done.countDown();
                throw new PoisonMessageException("never");
              }
              handled.add(message.text());
              done.countDown();
            })) {
      assertTrue(done.await(30, TimeUnit.SECONDS));
      assertTrue(consuming.isActive());
      consuming.drain();
      assertEquals(29, consuming.handled());
      assertEquals(1, consuming.givenUp());
      assertFalse(consuming.isActive());
    }
    List<String> ofOneKey =
        handled.stream().filter(text -> Integer.parseInt(text) % 3 == 0).toList();
    assertEquals(IntStream.range(0, 10).mapToObj(i -> Integer.toString(3 * i)).toList(), ofOneKey);
  }

  @Test
  void tellThatTheyAreGone() {
    NatsConsumer consumer = consumer();
    Consuming consuming = consumer.consume(message -> {});
    consumer.delete();
    assertThrows(ConsumerEndedException.class, consuming::awaitEnd);
    consuming.close();
  }

  @Test
  void keepTheOrderWithoutAcknowledgements() {
    publish(20);
    try (Stream<JetStreamMessage> messages =
        stream.ordered(OrderedConfig.builder().startAt(5).build())) {
      List<JetStreamMessage> some = messages.limit(10).toList();
      assertEquals(
          IntStream.range(4, 14).mapToObj(Integer::toString).toList(),
          some.stream().map(JetStreamMessage::text).toList());
      assertThrows(NotAcknowledgedException.class, some.get(0)::ack);
    }
    while (stream.consumerNames().findAny().isPresent()) Thread.onSpinWait();
  }

  @Test
  void publishNoMoreThanIsRequested() throws Exception {
    publish(10);
    List<String> texts = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch three = new CountDownLatch(3);
    consumer()
        .publisher()
        .subscribe(
            new Flow.Subscriber<>() {
              private Flow.Subscription subscription;

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                this.subscription = subscription;
                subscription.request(3);
              }

              @Override
              public void onNext(JetStreamMessage message) {
                texts.add(message.text());
                message.ack();
                if (texts.size() == 3) subscription.cancel();
                three.countDown();
              }

              @Override
              public void onError(Throwable failure) {}

              @Override
              public void onComplete() {}
            });
    assertTrue(three.await(30, TimeUnit.SECONDS));
    assertEquals(List.of("0", "1", "2"), texts);
  }
}
