package dev.midge.nats.samples.java;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.objectstore.ObjectReader;
import dev.midge.nats.java.objectstore.ObjectStore;
import dev.midge.nats.java.objectstore.ObjectStores;
import dev.midge.nats.objectstore.ObjectChangedException;
import dev.midge.nats.objectstore.ObjectEvent;
import dev.midge.nats.objectstore.ObjectInfo;
import dev.midge.nats.objectstore.ObjectNotFoundException;
import dev.midge.nats.objectstore.ObjectReadException;
import dev.midge.nats.objectstore.ObjectStoreConfig;
import dev.midge.nats.objectstore.ObjectStoreStatus;
import dev.midge.nats.objectstore.PutOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Java half of docs/object-store.md, line for line; ObjectStoreTasks.kt is the other.
 * ObjectStoreGuideSpec compares and runs them.
 */
public final class ObjectStoreTasks {
  private final NatsClient nats;
  private final ObjectStores stores;
  private final ObjectStore store;
  public final List<Long> told = new ArrayList<>();
  public final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  public ObjectStoreTasks(NatsClient nats) {
    this.nats = nats;
    stores = ObjectStores.of(JetStream.of(nats));
    store = stores.objectStore("assets");
  }

  public ObjectStore create() {
    // snippet: create
    ObjectStores stores = ObjectStores.of(JetStream.of(nats));
    ObjectStore store =
        stores.createObjectStore(
            ObjectStoreConfig.builder("assets")
                .description("what the shop shows")
                .timeToLive(Duration.ofDays(30))
                .build());
    // end
    return store;
  }

  public ObjectInfo put(byte[] bytes) {
    // snippet: put
    ObjectInfo info = store.put("logo.png", bytes);
    // end
    return info;
  }

  public ObjectInfo putFile(Path file) throws IOException {
    // snippet: file
    PutOptions options =
        PutOptions.builder()
            .description("the film of the spring sale")
            .metadata(Map.of("type", "video/mp4"))
            .onProgress(told::add)
            .build();
    ObjectInfo info = store.put("films/spring sale.mp4", file, options);
    // end
    return info;
  }

  public ObjectInfo putStream(InputStream input) throws IOException {
    // snippet: flow
    ObjectInfo info = store.put("measurements", input); // read as there is room for it
    // end
    return info;
  }

  public byte[] get(Path file) throws IOException {
    // snippet: get
    byte[] bytes = store.get("logo.png").bytes();
    ObjectReader film = store.get("films/spring sale.mp4");
    film.writeTo(file);
    // end
    return bytes;
  }

  public List<String> lines() throws IOException {
    List<String> lines;
    // snippet: stream
    try (var input = store.get("measurements").inputStream();
        var reader = new BufferedReader(new InputStreamReader(input))) {
      lines = reader.lines().toList();
    }
    // end
    return lines;
  }

  public String failures(String name) {
    String outcome;
    // snippet: failures
    try {
      outcome = store.get(name).bytes().length + " bytes";
    } catch (ObjectNotFoundException e) {
      outcome = "there is no " + e.name();
    } catch (ObjectChangedException e) {
      outcome = "somebody has just put another " + e.name();
    } catch (ObjectReadException e) {
      outcome = "it is damaged: " + e.getMessage();
    }
    // end
    return outcome;
  }

  public List<String> list() {
    // snippet: list
    List<String> names = store.list().map(ObjectInfo::name).toList();
    boolean isThere = store.info("logo.png").isPresent();
    // end
    if (!isThere) throw new IllegalStateException("no logo");
    return names;
  }

  public void watch() {
    // snippet: watch
    try (Stream<ObjectEvent> events = store.watch()) {
      events
          .takeWhile(event -> event != ObjectEvent.CaughtUp.INSTANCE)
          .forEach(
              event -> {
                if (event instanceof ObjectEvent.Put put) seen.add("put " + put.info().name());
              });
    }
    // end
  }

  public void change() {
    // snippet: change
    store.updateMeta("logo.png", meta -> meta.metadata(Map.of("type", "image/png")));
    store.updateMeta("logo.png", meta -> meta.name("logos/2026.png"));
    store.delete("measurements");
    // end
  }

  public byte[] link() {
    // snippet: link
    ObjectInfo current = store.get("logos/2026.png").info();
    store.addLink("logo", current);
    byte[] bytes = store.get("logo").bytes(); // those of logos/2026.png
    // end
    return bytes;
  }

  public List<String> manage() {
    // snippet: manage
    ObjectStoreStatus status =
        stores.updateObjectStore("assets", config -> config.maxBytes(10_000_000_000L));
    System.out.println(status.bucket() + " takes " + status.bytes() + " bytes");
    List<String> names = stores.objectStoreNames().toList();
    store.seal(); // for good: nothing is put or deleted any more
    // end
    return names;
  }
}
