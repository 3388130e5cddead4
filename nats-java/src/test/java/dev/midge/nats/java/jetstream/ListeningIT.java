package dev.midge.nats.java.jetstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.jetstream.Advisory;
import dev.midge.nats.jetstream.ConsumerEndedException;
import dev.midge.nats.jetstream.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What servers send by themselves, and what is acknowledged together, as a Java program uses it.
 */
@ExtendWith(JetStreamServer.class)
@Timeout(60)
class ListeningIT {
  private final NatsClient nats;
  private final JetStream js;
  private String name;

  ListeningIT(NatsClient nats) {
    this.nats = nats;
    js = JetStream.of(nats);
  }

  @BeforeEach
  void name(TestInfo test) {
    name = "L_" + test.getTestMethod().orElseThrow().getName();
  }

  private NatsStream stream() {
    return js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
  }

  private void publish(int count) {
    IntStream.range(0, count).forEach(i -> js.publish(name + ".a", Integer.toString(i).getBytes()));
  }

  /** Keeps all that it gets, and how it has ended. */
  private static final class Keeper<T> implements Flow.Subscriber<T> {
    final BlockingQueue<T> kept = new LinkedBlockingQueue<>();
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T item) {
      kept.add(item);
    }

    @Override
    public void onError(Throwable failure) {
      this.failure.complete(failure);
    }

    @Override
    public void onComplete() {}

    T next() throws InterruptedException {
      T next = kept.poll(30, TimeUnit.SECONDS);
      assertTrue(next != null, "nothing came");
      return next;
    }
  }

  @Test
  void acknowledgesManyAtOnce() {
    NatsStream stream = stream();
    publish(20);
    NatsConsumer consumer = stream.createConsumer("billing", config -> {});
    List<JetStreamMessage> messages = consumer.fetch(20, Duration.ofSeconds(5));
    messages.get(3).terminate();
    JetStreamMessage.ackAll(messages);
    assertTrue(messages.stream().allMatch(JetStreamMessage::isAcknowledged));
    while (consumer.info().ackFloor().streamSequence() < 20) Thread.onSpinWait();
    assertEquals(0, consumer.info().ackPending());
  }

  @Test
  void hearsWhatBecomesOfStreams() throws Exception {
    int subscriptions = nats.stats().subscriptions();
    Keeper<Advisory> keeper = new Keeper<>();
    js.advisories("STREAM.CREATED." + name).subscribe(keeper);
    while (nats.stats().subscriptions() == subscriptions) Thread.onSpinWait();
    nats.flush();
    stream();
    Advisory.StreamChanged created = assertInstanceOf(Advisory.StreamChanged.class, keeper.next());
    assertEquals(name, created.stream());
    assertEquals(Advisory.Change.CREATED, created.change());
    keeper.subscription.cancel();
    while (nats.stats().subscriptions() != subscriptions) Thread.onSpinWait();
  }

  @Test
  void takesWhatIsPushed() throws Exception {
    NatsStream stream = stream();
    publish(10);
    NatsConsumer consumer =
        stream.createConsumer(
            "billing",
            config ->
                config
                    .deliverSubject("deliver." + name)
                    .idleHeartbeat(Duration.ofMillis(200))
                    .flowControl(true));
    Keeper<JetStreamMessage> keeper = new Keeper<>();
    consumer.pushed().subscribe(keeper);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      JetStreamMessage message = keeper.next();
      message.ack();
      texts.add(message.text());
    }
    assertEquals(IntStream.range(0, 10).mapToObj(Integer::toString).toList(), texts);
    consumer.delete();
    assertInstanceOf(ConsumerEndedException.class, keeper.failure.get(30, TimeUnit.SECONDS));
  }
}
