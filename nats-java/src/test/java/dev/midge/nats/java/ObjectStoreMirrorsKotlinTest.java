package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.midge.nats.java.objectstore.ObjectReader;
import dev.midge.nats.java.objectstore.ObjectStore;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Java's object store has what Kotlin's has: every difference that is meant stands here. */
class ObjectStoreMirrorsKotlinTest {
  @Test
  void inWhatStoresDo() {
    Set<String> kotlin = Operation.of(dev.midge.nats.objectstore.ObjectStore.class);
    Set<String> java = Operation.of(ObjectStore.class);
    // kotlinx-io, which Java does not use.
    assertEquals(Set.of("put(Subject, Source, PutOptions)"), less(kotlin, java));
    assertEquals(
        Set.of(
            // Default arguments in Kotlin.
            "put(Subject, byte[])",
            "put(Subject, InputStream)",
            "put(Subject, Flow)",
            "list()",
            "watch()",
            // Kotlin's watch is a Flow, which libraries adapt themselves.
            "watchPublisher(boolean)"),
        less(java, kotlin));
  }

  @Test
  void inHowObjectsAreRead() {
    Set<String> kotlin = Operation.of(dev.midge.nats.objectstore.ObjectReader.class);
    Set<String> java = Operation.of(ObjectReader.class);
    assertEquals(Set.of("chunks()", "source()"), less(kotlin, java));
    assertEquals(Set.of("publisher()"), less(java, kotlin));
  }

  private static Set<String> less(Set<String> all, Set<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }
}
