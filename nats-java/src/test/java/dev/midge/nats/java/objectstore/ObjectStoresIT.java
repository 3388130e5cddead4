package dev.midge.nats.java.objectstore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.Headers;
import dev.midge.nats.java.CallInterruptedException;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.jetstream.JetStreamServer;
import dev.midge.nats.jetstream.Storage;
import dev.midge.nats.objectstore.ChunksMissingException;
import dev.midge.nats.objectstore.ObjectEvent;
import dev.midge.nats.objectstore.ObjectExistsException;
import dev.midge.nats.objectstore.ObjectInfo;
import dev.midge.nats.objectstore.ObjectNotFoundException;
import dev.midge.nats.objectstore.ObjectNotStoredException;
import dev.midge.nats.objectstore.ObjectStoreConfig;
import dev.midge.nats.objectstore.ObjectStoreExistsException;
import dev.midge.nats.objectstore.ObjectStoreNotFoundException;
import dev.midge.nats.objectstore.PutOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Object stores as a Java program uses them. */
@ExtendWith(JetStreamServer.class)
class ObjectStoresIT {
  private static final PutOptions SMALL_CHUNKS = PutOptions.builder().chunkSize(100).build();

  private final JetStream js;
  private final ObjectStores stores;
  private ObjectStore store;
  private String name;

  ObjectStoresIT(NatsClient nats) {
    js = JetStream.of(nats);
    stores = ObjectStores.of(js);
  }

  @BeforeEach
  void makeStore(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    store =
        stores.createObjectStore(ObjectStoreConfig.builder(name).storage(Storage.MEMORY).build());
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private long chunks() {
    return js.stream("OBJ_" + name)
        .subjects("$O." + name + ".C.>")
        .mapToLong(subject -> subject.messages())
        .sum();
  }

  @Test
  void areMadeDescribedChangedListedAndDeleted() {
    assertEquals(
        Duration.ofHours(1),
        stores
            .updateObjectStore(name, config -> config.timeToLive(Duration.ofHours(1)))
            .config()
            .timeToLive());
    assertEquals(Storage.MEMORY, store.status().config().storage());
    assertTrue(stores.objectStoreNames().anyMatch(name::equals));
    assertTrue(stores.objectStores().anyMatch(status -> status.bucket().equals(name)));
    ObjectStoreConfig other = ObjectStoreConfig.builder(name).build();
    assertThrows(ObjectStoreExistsException.class, () -> stores.createObjectStore(other));
    stores.deleteObjectStore(name);
    assertThrows(ObjectStoreNotFoundException.class, () -> stores.objectStore(name).status());
    assertThrows(ObjectStoreNotFoundException.class, () -> store.put("a", bytes(1)));
  }

  @Test
  void keepWhatIsPutHoweverThatIsDone(@TempDir Path directory) throws IOException {
    byte[] bytes = bytes(1_000);
    Path file = Files.write(directory.resolve("from"), bytes);
    List<Long> told = new ArrayList<>();
    PutOptions telling = PutOptions.builder().chunkSize(400).onProgress(told::add).build();
    assertEquals(3, store.put("array", bytes, telling).chunks());
    assertEquals(List.of(400L, 800L, 1_000L), told);
    store.put("input", new ByteArrayInputStream(bytes), SMALL_CHUNKS);
    store.put("path", file, SMALL_CHUNKS);
    var publisher = new SubmissionPublisher<byte[]>();
    CompletableFuture.runAsync(
        () -> {
          while (!publisher.hasSubscribers()) Thread.onSpinWait();
          publisher.submit(bytes);
          publisher.close();
        });
    store.put("publisher", publisher, SMALL_CHUNKS);
    for (String each : List.of("array", "input", "path", "publisher")) {
      ObjectReader reader = store.get(each);
      assertArrayEquals(bytes, reader.bytes());
      try (InputStream input = reader.inputStream()) {
        assertArrayEquals(bytes, input.readAllBytes());
      }
      reader.writeTo(directory.resolve(each));
      assertArrayEquals(bytes, Files.readAllBytes(directory.resolve(each)));
    }
  }

  @Test
  void keepNothingOfWhatFails() {
    InputStream broken =
        new InputStream() {
          private int left = 1_000;

          @Override
          public int read() throws IOException {
            if (left-- == 0) throw new IOException("broken");
            return 1;
          }
        };
    assertEquals(
        "broken",
        assertThrows(IOException.class, () -> store.put("a", broken, SMALL_CHUNKS)).getMessage());
    assertThrows(IOException.class, () -> store.put("a", Path.of("/nowhere")));
    assertEquals(0, chunks());
    assertThrows(ObjectNotFoundException.class, () -> store.get("a"));
  }

  @Test
  void keepNothingOfWhatIsInterrupted() throws Exception {
    CountDownLatch isReading = new CountDownLatch(1);
    InputStream endless =
        new InputStream() {
          private int read;

          @Override
          public int read() {
            if (++read == 1_000) isReading.countDown();
            return 1;
          }
        };
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread putting =
        new Thread(
            () -> {
              try {
                store.put("a", endless, SMALL_CHUNKS);
              } catch (Throwable e) {
                ended.complete(e);
              }
            });
    putting.start();
    isReading.await();
    putting.interrupt();
    assertInstanceOf(CallInterruptedException.class, ended.get());
    putting.join();
    assertEquals(0, chunks());
  }

  @Test
  void sayWhatIsWrongWithAnObject() {
    ObjectInfo info = store.put("a", bytes(1_000), SMALL_CHUNKS);
    js.stream("OBJ_" + name)
        .deleteMessage(
            js.stream("OBJ_" + name).lastMessage("$O." + name + ".C.>").orElseThrow().sequence());
    assertEquals(
        9, assertThrows(ChunksMissingException.class, () -> store.get("a").bytes()).found());
    IOException thrown =
        assertThrows(IOException.class, () -> store.get("a").inputStream().readAllBytes());
    assertInstanceOf(ChunksMissingException.class, thrown.getCause());
    assertEquals(10, info.chunks());
  }

  @Test
  void keepWhatAnObjectHasBesideItsBytes() {
    PutOptions options =
        PutOptions.builder()
            .description("first")
            .headers(Headers.of("A", "1"))
            .metadata(Map.of("k", "v"))
            .build();
    store.put("a", bytes(10), options);
    store.put("b", bytes(20));
    assertEquals("second", store.updateMeta("a", meta -> meta.description("second")).description());
    assertThrows(ObjectExistsException.class, () -> store.updateMeta("a", meta -> meta.name("b")));
    store.updateMeta("a", meta -> meta.name("c"));
    ObjectInfo info = store.info("c").orElseThrow();
    assertEquals(Map.of("k", "v"), info.metadata());
    assertEquals("1", info.headers().get("A"));
    assertTrue(store.info("a").isEmpty());
    store.delete("b");
    assertEquals(List.of("c"), store.list().map(ObjectInfo::name).toList());
    assertEquals(2, store.list(true).count());
    store.seal();
    assertThrows(ObjectNotStoredException.class, () -> store.put("d", bytes(1)));
  }

  @Test
  void followLinks() {
    ObjectStore other = stores.createObjectStore(ObjectStoreConfig.builder(name + "-2").build());
    store.addLink("link", other.put("target", bytes(10)));
    assertArrayEquals(bytes(10), store.get("link").bytes());
    assertEquals("target", store.get("link").info().name());
    assertEquals(other.bucket(), store.addBucketLink("all", other).link().bucket());
  }

  @Test
  void areWatched() {
    store.put("a", bytes(1));
    try (Stream<ObjectEvent> events = store.watch()) {
      Iterator<ObjectEvent> event = events.iterator();
      assertEquals("a", assertInstanceOf(ObjectEvent.Put.class, event.next()).info().name());
      assertSame(ObjectEvent.CaughtUp.INSTANCE, event.next());
      store.delete("a");
      assertEquals("a", assertInstanceOf(ObjectEvent.Deleted.class, event.next()).info().name());
    }
  }

  @Test
  void publishWhatIsReadAndWatched() throws Exception {
    store.put("a", bytes(1_000), SMALL_CHUNKS);
    assertEquals(10, first(store.get("a").publisher(), 10).get().size());
    assertSame(ObjectEvent.CaughtUp.INSTANCE, first(store.watchPublisher(true), 1).get().get(0));
  }

  private static <T> CompletableFuture<List<T>> first(Flow.Publisher<T> publisher, int count) {
    CompletableFuture<List<T>> all = new CompletableFuture<>();
    publisher.subscribe(
        new Flow.Subscriber<>() {
          private final List<T> seen = new ArrayList<>();
          private Flow.Subscription subscription;

          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(count);
          }

          @Override
          public void onNext(T item) {
            seen.add(item);
            if (seen.size() < count) return;
            subscription.cancel();
            all.complete(seen);
          }

          @Override
          public void onError(Throwable failure) {
            all.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            all.complete(seen);
          }
        });
    return all;
  }
}
