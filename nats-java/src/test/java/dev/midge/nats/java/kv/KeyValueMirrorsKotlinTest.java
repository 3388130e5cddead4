package dev.midge.nats.java.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.midge.nats.kv.KeyValuesKt;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Java can do what Kotlin can, under the same names; what differs on purpose stands here. */
class KeyValueMirrorsKotlinTest {
  /** Kotlin has an argument for the leader, and its Flow is for libraries too. */
  private static final Set<String> OF_BUCKETS = Set.of("consistentGet", "watchPublisher");

  /** Kotlin's are functions of JetStream. */
  private static final Set<String> OF_ACCOUNTS = Set.of("of");

  /** Internal; public for inline functions. */
  private static final Set<String> HIDDEN = Set.of("bound");

  @Test
  void forBuckets() {
    assertEquals(with(names(dev.midge.nats.kv.KeyValue.class), OF_BUCKETS), names(KeyValue.class));
  }

  @Test
  void forAccounts() {
    Set<String> kotlin = names(KeyValuesKt.class);
    kotlin.removeAll(HIDDEN);
    assertEquals(with(kotlin, OF_ACCOUNTS), names(KeyValues.class));
  }

  private static Set<String> with(Set<String> names, Set<String> more) {
    Set<String> all = new TreeSet<>(names);
    all.addAll(more);
    return all;
  }

  private static Set<String> names(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .map(Method::getName)
        // What the Kotlin compiler adds for value classes.
        .map(name -> name.replaceFirst("-.*", ""))
        .filter(name -> !name.contains("$") && !name.equals("toString"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
