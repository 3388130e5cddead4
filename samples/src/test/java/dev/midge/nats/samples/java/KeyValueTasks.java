package dev.midge.nats.samples.java;

import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.kv.KeyValue;
import dev.midge.nats.java.kv.KeyValueWatch;
import dev.midge.nats.java.kv.KeyValues;
import dev.midge.nats.jetstream.StreamSource;
import dev.midge.nats.kv.KeyCodec;
import dev.midge.nats.kv.KeyExistsException;
import dev.midge.nats.kv.KeyValueConfig;
import dev.midge.nats.kv.KeyValueEntry;
import dev.midge.nats.kv.KeyValueEvent;
import dev.midge.nats.kv.KeyValueStatus;
import dev.midge.nats.kv.UndecodableEntryException;
import dev.midge.nats.kv.WatchOptions;
import dev.midge.nats.kv.WrongRevisionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The Java half of docs/key-value.md, line for line; KeyValueTasks.kt is the other.
 * KeyValueGuideSpec compares and runs them.
 */
public final class KeyValueTasks {
  /** What the values are. */
  public record Limit(int requests) {}

  private final KeyValues buckets;
  private final NatsClient nats;
  public final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  public KeyValueTasks(NatsClient nats) {
    this.nats = nats;
    buckets = KeyValues.of(JetStream.of(nats));
  }

  private void apply(String key, Integer requests) {
    seen.add(key + ": " + requests);
  }

  public KeyValue<Limit> create() {
    // snippet: create
    KeyValues buckets = KeyValues.of(JetStream.of(nats)); // asks the server nothing
    buckets.createKeyValue(
        KeyValueConfig.builder("limits").history(5).limitMarkerTtl(Duration.ofHours(1)).build());
    KeyValue<Limit> limits = buckets.keyValue("limits", Codecs.json(Limit.class));
    // end
    return limits;
  }

  public KeyValueEntry<Limit> putAndGet(KeyValue<Limit> limits) {
    // snippet: put
    long revision = limits.put("api.search", new Limit(100));
    Optional<KeyValueEntry<Limit>> entry = limits.get("api.search"); // nearest server
    Optional<KeyValueEntry<Limit>> current = limits.consistentGet("api.search"); // the leader
    limits.delete("api.search"); // or purge, which forgets the history too
    // end
    if (entry.orElseThrow().revision() != revision) throw new AssertionError();
    return current.orElseThrow();
  }

  public String createOnce(KeyValue<Limit> limits) {
    String outcome;
    // snippet: once
    try {
      limits.create("api.upload", new Limit(5), Duration.ofSeconds(60));
      outcome = "mine";
    } catch (KeyExistsException e) {
      outcome = "taken, by revision " + e.revision();
    }
    // end
    return outcome;
  }

  public boolean change(KeyValue<Limit> limits) {
    boolean isDone;
    // snippet: change
    limits.compareAndSet("api.search", old -> new Limit((old == null ? 0 : old.requests()) + 10));
    // end
    // snippet: update
    KeyValueEntry<Limit> read = limits.get("api.search").orElseThrow();
    try {
      limits.update("api.search", new Limit(read.value().requests() * 2), read.revision());
      isDone = true;
    } catch (WrongRevisionException e) {
      isDone = false; // somebody else has written it meanwhile
    }
    // end
    return isDone;
  }

  public void watch(KeyValue<Limit> limits, Runnable enough) {
    // snippet: watch
    KeyValueWatch watch =
        limits.watch(
            WatchOptions.Default,
            event -> {
              if (event instanceof KeyValueEvent.Put<Limit> put) {
                apply(put.key(), put.value().requests());
              } else if (event instanceof KeyValueEvent.Deleted deleted) {
                apply(deleted.key(), null);
              } else {
                System.out.println(event); // this was all, went on after a loss, purged, …
              }
            },
            "api.>");
    enough.run();
    watch.close();
    // end
  }

  public List<String> keys(KeyValue<Limit> limits) {
    // snippet: keys
    List<String> keys = limits.keys("api.*").toList(); // those with a value
    limits.getAll(keys).forEach(entry -> System.out.println(entry.value())); // one request
    // end
    return keys;
  }

  public List<KeyValueEvent.Change<Limit>> history(KeyValue<Limit> limits) {
    // snippet: history
    List<KeyValueEvent.Change<Limit>> changes = limits.history("api.search").toList();
    Optional<KeyValueEntry<Limit>> first = limits.get("api.search", changes.get(0).revision());
    // end
    first.orElseThrow();
    return changes;
  }

  public List<String> text() {
    // snippet: text
    KeyValue<String> files =
        buckets.keyValue("limits", Codecs.text(), KeyCodec.Path.then(KeyCodec.Base64));
    files.put("/etc/my hosts", "127.0.0.1 localhost");
    List<String> names = files.keys("/etc/*").toList();
    // end
    files.purge("/etc/my hosts");
    return names;
  }

  public String failures(KeyValue<Limit> limits) {
    String outcome;
    // snippet: failures
    try {
      buckets.keyValue("limits", Codecs.text()).put("api.broken", "{");
      limits.get("api.broken");
      outcome = "decoded";
    } catch (UndecodableEntryException e) {
      outcome = "revision " + e.revision() + " of " + e.key() + " is no limit";
    }
    // end
    return outcome;
  }

  public KeyValue<byte[]> mirror() {
    // snippet: mirror
    buckets.createKeyValue(KeyValueConfig.builder("limits-near").mirror("limits").build());
    StreamSource limits = StreamSource.builder("limits").build();
    StreamSource flags = StreamSource.builder("flags").build();
    buckets.createKeyValue(KeyValueConfig.builder("everything").sources(limits, flags).build());
    // end
    return buckets.keyValue("limits-near");
  }

  public KeyValueStatus manage(KeyValue<Limit> limits) {
    // snippet: manage
    buckets.updateKeyValue("limits", config -> config.history(10)); // changes nothing else
    KeyValueStatus status = limits.status();
    List<String> names = buckets.keyValueNames().toList();
    long forgotten = limits.purgeDeletes(Duration.ofMinutes(30));
    // end
    if (!names.contains(status.bucket()) || forgotten != 0) throw new AssertionError();
    return status;
  }

  public void delete() {
    // snippet: delete
    buckets.deleteKeyValue("limits");
    // end
  }
}
