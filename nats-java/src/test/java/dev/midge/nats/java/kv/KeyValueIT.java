package dev.midge.nats.java.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.jetstream.JetStreamServer;
import dev.midge.nats.jetstream.FeatureNotEnabledException;
import dev.midge.nats.jetstream.Storage;
import dev.midge.nats.kv.BucketExistsException;
import dev.midge.nats.kv.BucketNotFoundException;
import dev.midge.nats.kv.KeyCodec;
import dev.midge.nats.kv.KeyExistsException;
import dev.midge.nats.kv.KeyValueConfig;
import dev.midge.nats.kv.KeyValueEntry;
import dev.midge.nats.kv.KeyValueEvent;
import dev.midge.nats.kv.KeyValueStatus;
import dev.midge.nats.kv.UndecodableEntryException;
import dev.midge.nats.kv.WatchOptions;
import dev.midge.nats.kv.WrongRevisionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Buckets as a Java program uses them. */
@ExtendWith(JetStreamServer.class)
class KeyValueIT {
  record Person(String name, int age) {}

  private final KeyValues buckets;
  private String name;

  KeyValueIT(NatsClient nats) {
    buckets = KeyValues.of(JetStream.of(nats));
  }

  @BeforeEach
  void name(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
  }

  private KeyValue<String> bucket(int history) {
    buckets.createKeyValue(
        KeyValueConfig.builder(name).history(history).storage(Storage.MEMORY).build());
    return buckets.keyValue(name, Codecs.text());
  }

  private static <T> String shown(KeyValueEvent<T> event) {
    if (event instanceof KeyValueEvent.Put<T> put) return put.key() + "=" + put.value();
    if (event instanceof KeyValueEvent.Deleted deleted) return deleted.key() + " deleted";
    if (event instanceof KeyValueEvent.Purged purged) return purged.key() + " purged";
    return event.toString();
  }

  @Test
  void hasValues() {
    KeyValue<String> kv = bucket(3);
    assertTrue(kv.get("a").isEmpty());
    assertEquals(1, kv.put("a", "1"));
    assertEquals(2, kv.put("a", "2"));
    assertEquals("2", kv.get("a").orElseThrow().value());
    assertEquals("2", kv.consistentGet("a").orElseThrow().value());
    assertEquals("1", kv.get("a", 1).orElseThrow().value());
    assertEquals(1, kv.consistentGet("a", 1).orElseThrow().revision());
    assertEquals(3, kv.put("b", "3"));
    assertEquals(
        List.of("2", "3"), kv.getAll(List.of("b", "none", "a")).map(KeyValueEntry::value).toList());
    assertEquals(4, kv.delete("a"));
    assertEquals(Optional.empty(), kv.get("a"));
    assertEquals(name, kv.bucket());
  }

  @Test
  void comparesBeforeItWrites() {
    KeyValue<String> kv = bucket(1);
    assertEquals(1, kv.create("a", "1"));
    assertEquals(1, assertThrows(KeyExistsException.class, () -> kv.create("a", "2")).revision());
    assertEquals(2, kv.update("a", "2", 1));
    assertEquals(
        2L, assertThrows(WrongRevisionException.class, () -> kv.update("a", "3", 1)).actual());
    assertThrows(WrongRevisionException.class, () -> kv.delete("a", 1));
    assertThrows(WrongRevisionException.class, () -> kv.purge("a", 1));
    assertEquals(3, kv.compareAndSet("a", old -> old + "!"));
    assertEquals(4, kv.compareAndSet("b", old -> old == null ? "new" : old));
    assertEquals("2!", kv.get("a").orElseThrow().value());
    assertThrows(NullPointerException.class, () -> kv.compareAndSet("a", old -> null));
    assertEquals(5, kv.purge("a", 3));
    assertEquals(6, kv.delete("b", 4));
  }

  @Test
  void losesNoIncrement() {
    buckets.createKeyValue(KeyValueConfig.builder(name).build());
    KeyValue<Integer> kv = buckets.keyValue(name, Codecs.json(Integer.class));
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          for (int n = 0; n < 20; n++)
                            kv.compareAndSet("a", old -> old == null ? 1 : old + 1);
                        }))
            .toList();
    threads.forEach(Thread::start);
    threads.forEach(KeyValueIT::join);
    assertEquals(80, kv.consistentGet("a").orElseThrow().value());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void letsValuesExpire() {
    KeyValue<String> without = bucket(1);
    assertThrows(
        FeatureNotEnabledException.class, () -> without.create("a", "1", Duration.ofSeconds(1)));
    buckets.updateKeyValue(name, config -> config.limitMarkerTtl(Duration.ofMinutes(1)));
    KeyValue<String> kv = buckets.keyValue(name, Codecs.text());
    kv.create("a", "1", Duration.ofSeconds(1));
    kv.purge("b", Duration.ofMinutes(1));
    assertThrows(WrongRevisionException.class, () -> kv.purge("b", 1, Duration.ofMinutes(1)));
    while (kv.consistentGet("a").isPresent()) Thread.onSpinWait();
    try (Stream<KeyValueEvent.Change<String>> history = kv.history("a")) {
      assertTrue(((KeyValueEvent.Purged) history.findFirst().orElseThrow()).isExpired());
    }
  }

  @Test
  void hasKeysAndHistory() {
    KeyValue<String> kv = bucket(5);
    List.of("a", "b.x", "b.y").forEach(key -> kv.put(key, "1"));
    kv.delete("a");
    assertEquals(List.of("b.x", "b.y"), kv.keys().toList());
    assertEquals(List.of("b.x", "b.y"), kv.keys("b.*", "c").toList());
    assertEquals(
        List.of("a=1", "a deleted"), kv.history("a").map(KeyValueIT::<String>shown).toList());
    assertEquals(0, kv.purgeDeletes(Duration.ofMinutes(30)));
    assertEquals(1, kv.purgeDeletes(Duration.ZERO));
    assertEquals(0, kv.history("a").count());
    kv.purge("b.x");
    assertEquals(List.of("b.y"), kv.keys().toList());
  }

  @Test
  void isWatchedByAStream() {
    KeyValue<String> kv = bucket(1);
    kv.put("a", "1");
    kv.delete("b");
    try (Stream<KeyValueEvent<String>> events = kv.watch(WatchOptions.Default)) {
      assertEquals(
          List.of("a=1", "b deleted", "CaughtUp"), events.limit(3).map(KeyValueIT::shown).toList());
    }
    WatchOptions options = WatchOptions.builder().ignoreDeletes(true).build();
    try (Stream<KeyValueEvent<Long>> events = kv.watchKeys(options, ">")) {
      assertEquals(List.of("a=1", "CaughtUp"), events.limit(2).map(KeyValueIT::shown).toList());
    }
  }

  @Test
  void tellsAListener() throws InterruptedException {
    KeyValue<String> kv = bucket(1);
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    KeyValueWatch watch = kv.watch(WatchOptions.Default, event -> seen.add(shown(event)));
    assertEquals("CaughtUp", seen.take());
    kv.put("a", "1");
    assertEquals("a=1", seen.take());
    watch.close();
    kv.put("a", "2");
    assertFalse(seen.contains("a=2"));
  }

  @Test
  void isPublishedToSubscribers() {
    KeyValue<String> kv = bucket(1);
    kv.put("a", "1");
    BlockingQueue<String> seen = new ArrayBlockingQueue<>(9);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    kv.watchPublisher(WatchOptions.Default)
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(KeyValueEvent<String> event) {
                seen.add(shown(event));
                if (event == KeyValueEvent.CaughtUp.INSTANCE) buckets.deleteKeyValue(name);
              }

              @Override
              public void onError(Throwable failure) {
                end.complete(failure);
              }

              @Override
              public void onComplete() {
                end.complete(null);
              }
            });
    assertSame(BucketNotFoundException.class, end.join().getClass());
    assertEquals(List.of("a=1", "CaughtUp"), List.copyOf(seen));
  }

  @Test
  void hasTypesAndOtherKeys() {
    bucket(1);
    KeyValue<Person> people =
        buckets.keyValue(name, Codecs.json(Person.class), KeyCodec.Path.then(KeyCodec.Base64));
    people.put("/staff/Joe Doe", new Person("Joe", 42));
    assertEquals(42, people.get("/staff/Joe Doe").orElseThrow().value().age());
    assertEquals(List.of("/staff/Joe Doe"), people.keys("/staff/*").toList());
    KeyValue<byte[]> bytes = buckets.keyValue(name);
    String stored = bytes.keys().findFirst().orElseThrow();
    bytes.put(stored, "{".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        "/staff/Joe Doe",
        assertThrows(UndecodableEntryException.class, () -> people.get("/staff/Joe Doe")).key());
  }

  @Test
  void isMadeChangedListedAndDeleted() {
    KeyValue<String> kv = bucket(2);
    assertThrows(BucketExistsException.class, () -> bucket(3));
    assertEquals(5, buckets.updateKeyValue(name, config -> config.history(5)).config().history());
    KeyValueStatus status =
        buckets.createOrUpdateKeyValue(name, config -> config.description("settings"));
    assertEquals("settings", status.config().description());
    assertEquals(5, kv.status().config().history());
    assertTrue(buckets.keyValueNames().anyMatch(name::equals));
    assertTrue(buckets.keyValues().anyMatch(found -> found.bucket().equals(name)));
    buckets.deleteKeyValue(name);
    assertThrows(BucketNotFoundException.class, kv::status);
  }
}
