package dev.midge.nats.samples.java;

import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.jetstream.Consuming;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.jetstream.JetStreamMessage;
import dev.midge.nats.java.jetstream.NatsConsumer;
import dev.midge.nats.java.jetstream.NatsStream;
import dev.midge.nats.jetstream.ConsumeOptions;
import dev.midge.nats.jetstream.NoStreamException;
import dev.midge.nats.jetstream.OrderedConfig;
import dev.midge.nats.jetstream.PoisonMessageException;
import dev.midge.nats.jetstream.PublishAck;
import dev.midge.nats.jetstream.PublishOptions;
import dev.midge.nats.jetstream.PurgeOptions;
import dev.midge.nats.jetstream.StoredMessage;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.jetstream.WrongLastException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Java half of docs/jetstream.md, line for line; JetStreamTasks.kt is the other.
 * JetStreamGuideSpec compares and runs them.
 */
public final class JetStreamTasks {
  private final NatsClient nats;
  private final JetStream js;
  private final byte[] payload;
  public final List<String> billed = Collections.synchronizedList(new ArrayList<>());

  public JetStreamTasks(NatsClient nats, byte[] payload) {
    this.nats = nats;
    this.payload = payload;
    js = JetStream.of(nats);
  }

  private void bill(JetStreamMessage message) {
    if (message.text().equals("broken")) throw new PoisonMessageException("it is broken");
    billed.add(message.text());
  }

  public NatsStream create() {
    // snippet: create
    JetStream js = JetStream.of(nats); // asks the server nothing
    NatsStream orders =
        js.createStream(
            StreamConfig.builder("ORDERS").subjects("orders.>").maxAge(Duration.ofDays(7)).build());
    // end
    return orders;
  }

  public PublishAck publish() {
    // snippet: publish
    PublishOptions options = PublishOptions.builder().messageId("42").build();
    PublishAck ack = js.publish("orders.new", payload, options);
    // end
    return ack;
  }

  public boolean expect(long last) {
    boolean isFirst;
    // snippet: expect
    try {
      js.publish(
          "orders.17.state",
          payload,
          PublishOptions.builder().expectLastSubjectSequence(last).build());
      isFirst = true;
    } catch (WrongLastException e) {
      isFirst = false; // somebody else has written it meanwhile
    }
    // end
    return isFirst;
  }

  public long publishMany(List<byte[]> bodies) {
    // snippet: many
    List<OutgoingMessage> orders =
        bodies.stream().map(body -> new OutgoingMessage(new Subject("orders.new"), body)).toList();
    long last = js.publishAll(orders).mapToLong(PublishAck::sequence).max().orElse(0);
    // end
    return last;
  }

  public PublishAck batch() {
    // snippet: batch
    PublishAck ack =
        js.publishAtomically(
            batch -> {
              batch.publish("orders.17.state", payload);
              batch.publish("orders.17.audit", payload);
            });
    // end
    return ack;
  }

  public List<String> fetch(NatsStream orders) {
    List<String> texts = new ArrayList<>();
    // snippet: fetch
    NatsConsumer billing =
        orders.createConsumer(
            "billing",
            config -> config.ackWait(Duration.ofSeconds(30)).filterSubjects("orders.new"));
    Optional<JetStreamMessage> one = billing.next(Duration.ofSeconds(5));
    one.ifPresent(JetStreamMessage::ack);
    for (JetStreamMessage message : billing.fetch(100, Duration.ofSeconds(1))) {
      texts.add(message.text());
      message.ack();
    }
    // end
    return texts;
  }

  public void consume(NatsConsumer billing, Runnable enough) {
    // snippet: consume
    try (Consuming running = billing.consume(8, order -> bill(order))) {
      enough.run();
      running.drain(); // what is here is handled; close() gives back what waits
    }
    // end
  }

  public List<String> ordered(NatsStream orders, int count) {
    List<String> texts;
    // snippet: ordered
    OrderedConfig config = OrderedConfig.builder().startAt(1).build();
    try (Stream<JetStreamMessage> all = orders.ordered(config)) { // without an end
      texts = all.limit(count).map(JetStreamMessage::text).toList();
    }
    // end
    return texts;
  }

  public long read(NatsStream orders) {
    long count;
    // snippet: read
    Optional<StoredMessage> first = orders.message(1);
    Optional<StoredMessage> state = orders.consistentLastMessage("orders.17.state");
    try (Stream<StoredMessage> all = orders.messages(1, "orders.new")) {
      count = all.count(); // ends with what is there
    }
    // end
    first.orElseThrow();
    state.orElseThrow();
    return count;
  }

  public long manage(NatsStream orders, Path file) throws IOException {
    // snippet: manage
    orders.update(config -> config.maxMessages(1_000_000)); // changes nothing else
    orders.purge(PurgeOptions.builder().subject("orders.17.audit").keep(1).build());
    try (OutputStream out = Files.newOutputStream(file)) {
      orders.backup(out);
    }
    // end
    return orders.info().state().messages();
  }

  public NatsStream restore(Path file) throws IOException {
    NatsStream restored;
    // snippet: restore
    try (InputStream in = Files.newInputStream(file)) {
      restored = js.restoreStream(in);
    }
    // end
    return restored;
  }

  /** A value of the guide. */
  public record Order(int id, String item) {}

  private void ship(Order order) {
    billed.add(order.item());
  }

  public Consuming values(NatsConsumer billing) {
    // snippet: values
    Codec<Order> orders = Codecs.json(Order.class);
    js.publish("orders.typed", new Order(17, "coffee"), orders);
    ConsumeOptions options =
        ConsumeOptions.builder()
            .maxDeliveries(5)
            .deadLetters("dead.orders") // of a stream that keeps what is given up
            .build();
    Consuming running = billing.consume(1, options, order -> ship(order.value(orders)));
    // end
    return running;
  }

  public String failures() {
    String outcome;
    // snippet: failures
    try {
      js.publish("nobody.listens", payload);
      outcome = "stored";
    } catch (NoStreamException e) {
      outcome = "no stream takes " + e.subject();
    }
    // end
    return outcome;
  }
}
