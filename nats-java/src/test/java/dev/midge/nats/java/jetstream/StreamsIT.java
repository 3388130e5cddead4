package dev.midge.nats.java.jetstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.jetstream.JetStreamApiException;
import dev.midge.nats.jetstream.JetStreamNotEnabledException;
import dev.midge.nats.jetstream.JetStreamOptions;
import dev.midge.nats.jetstream.PurgeOptions;
import dev.midge.nats.jetstream.Storage;
import dev.midge.nats.jetstream.StoredMessage;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.jetstream.StreamNotFoundException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams as a Java program uses them. */
@ExtendWith(JetStreamServer.class)
class StreamsIT {
  private final NatsClient nats;
  private final JetStream js;
  private String name;

  StreamsIT(NatsClient nats) {
    this.nats = nats;
    js = JetStream.of(nats);
  }

  @BeforeEach
  void name(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  private NatsStream stream() {
    return js.createStream(
        StreamConfig.builder(name)
            .subjects(name + ".>")
            .maxAge(Duration.ofDays(7))
            .storage(Storage.MEMORY)
            .allowDirect(true)
            .build());
  }

  private void store(String... texts) {
    for (String text : texts) nats.request(name + ".a", text);
  }

  @Test
  void areMadeDescribedChangedAndDeleted() {
    NatsStream stream = stream();
    assertEquals(Duration.ofDays(7), stream.info().config().maxAge());
    assertEquals(5, stream.update(config -> config.maxMessages(5)).config().maxMessages());
    assertEquals(Storage.MEMORY, stream.info().config().storage());
    assertEquals(
        List.of(name + ".>"),
        js.createOrUpdateStream(name, config -> config.maxMessages(6)).info().config().subjects());
    stream.delete();
    assertThrows(StreamNotFoundException.class, stream::info);
  }

  @Test
  void areListed() {
    stream();
    assertTrue(js.streamNames().anyMatch(name::equals));
    assertEquals(List.of(name), js.streamNames(name + ".x").toList());
    assertEquals(name, js.streams(name + ".x").findFirst().orElseThrow().config().name());
  }

  @Test
  void areReadByPlace() {
    NatsStream stream = stream();
    store("1", "2", "3");
    assertEquals("2", stream.message(2).orElseThrow().text());
    assertTrue(stream.message(4).isEmpty());
    assertEquals("3", stream.consistentLastMessage(name + ".*").orElseThrow().text());
    assertEquals("2", stream.nextMessage(name + ".a", 2).orElseThrow().text());
    assertEquals("3", stream.consistentNextMessage(name + ".a", 3).orElseThrow().text());
    assertSame(nats, js.nats());
    assertEquals(List.of("2", "3"), stream.messages(2).map(StoredMessage::text).toList());
    assertEquals(
        List.of("3"), stream.lastMessages(List.of(name + ".a")).map(StoredMessage::text).toList());
    assertEquals(List.of(name + ".a: 3"), stream.subjects(">").map(Object::toString).toList());
  }

  @Test
  void areTakenAsFarAsOneWants() {
    NatsStream stream = stream();
    IntStream.range(0, 1_500).forEach(i -> nats.publish(name + ".a", Integer.toString(i)));
    while (stream.info().state().messages() < 1_500) Thread.onSpinWait();
    int before = nats.stats().subscriptions();
    try (Stream<StoredMessage> messages = stream.messages(1)) {
      assertEquals(3, messages.limit(3).count());
    }
    assertEquals(1_500, stream.messages(1).count());
    while (nats.stats().subscriptions() > before) Thread.onSpinWait();
  }

  @Test
  void arePurged() {
    NatsStream stream = stream();
    store("1", "2", "3");
    stream.deleteMessage(1);
    assertThrows(JetStreamApiException.class, () -> stream.deleteMessage(1));
    assertEquals(1, stream.purge(PurgeOptions.builder().keep(1).build()));
    assertEquals(1, stream.purge());
  }

  @Test
  void comeBackWithOrWithoutTheirConsumers() throws IOException {
    NatsStream stream = js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    stream.createConsumer("billing", config -> {});
    ByteArrayOutputStream with = new ByteArrayOutputStream();
    ByteArrayOutputStream without = new ByteArrayOutputStream();
    stream.backup(with, true);
    stream.backup(without, false);
    stream.delete();
    NatsStream restored = js.restoreStream(new ByteArrayInputStream(with.toByteArray()));
    assertEquals(List.of("billing"), restored.consumerNames().toList());
    restored.delete();
    restored = js.restoreStream(new ByteArrayInputStream(without.toByteArray()));
    assertEquals(List.of(), restored.consumerNames().toList());
  }

  @Test
  void comeBackFromTheirBackup() throws IOException {
    // The server saves only what is in files.
    NatsStream stream = js.createStream(StreamConfig.builder(name).subjects(name + ".>").build());
    byte[] payload = new byte[300_000];
    nats.request(name + ".a", payload);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    stream.backup(out);
    stream.delete();
    NatsStream restored = js.restoreStream(new ByteArrayInputStream(out.toByteArray()));
    assertArrayEquals(payload, restored.message(1).orElseThrow().payload());
  }

  @Test
  void areNotThereWithoutJetStream() {
    var nowhere =
        JetStreamOptions.builder().domain("nowhere").timeout(Duration.ofSeconds(1)).build();
    assertThrows(JetStreamNotEnabledException.class, JetStream.of(nats, nowhere)::accountInfo);
    assertTrue(js.accountInfo().total().streams() >= 0);
  }
}
