package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.midge.nats.Nats;
import dev.midge.nats.NatsConnection;
import dev.midge.nats.NatsConnectionPool;
import dev.midge.nats.NatsShards;
import dev.midge.nats.PublishBatch;
import dev.midge.nats.serialization.TypedSubject;
import dev.midge.nats.serialization.TypedSubscription;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Java has what Kotlin has, and the other way round: every difference that is meant stands here.
 */
class OperationsMirrorKotlinTest {
  /** What of one language the other does not have, each with the reason. */
  private record Pair(
      Class<?> kotlin,
      Class<?> java,
      Map<String, String> kotlinOnly,
      Map<String, String> javaOnly) {
    @Override
    public String toString() {
      return kotlin.getSimpleName() + " and " + java.getSimpleName();
    }
  }

  private static final String IO = "kotlinx-io; Java has arrays, ByteBuffer and Codec";
  private static final String VIEW = "the other view of the same connections";
  private static final String TAKEN = "how Java takes what Kotlin collects as a Flow";

  private static final Map<String, String> SOURCES =
      Map.of(
          "publish(String, Source)", IO,
          "publish(Subject, Source)", IO,
          "publishWritten(Subject, Source)", IO,
          "request(Subject, Source)", IO,
          "tryPublish(Subject, Buffer)", IO,
          "tell(MessageNotDecoded)", "what modules on top of the core report with");

  private static final Map<String, String> RAW =
      Map.of(
          "writeRaw(ByteString, int, boolean)",
          "delicate; toKotlin() has it",
          "requestOnThread(Subject, byte[])",
          "what Java's request is made of");

  private static final Map<String, String> SUBJECTS =
      Map.of(
          "subject(Subject, Codec)", "an extension function in Kotlin",
          "subject(String, Codec)", "an extension function in Kotlin");

  private static final Map<String, String> LIFE =
      Map.of(
          "onEvent(handler)", "for those who have no reactive library",
          "states()", "Kotlin's state is a Flow already",
          "toKotlin()", "the connection itself");

  private static final String MADE = "toKotlin() has it, and who has made them";

  private static final Map<String, String> SEVERAL =
      Map.of("connections()", "a pool's and shards'; a connection is its only one");

  private static final Map<String, String> INFO =
      Map.of("serverInfo()", "a connection's; the first one's of several");

  private static final Map<String, String> OF_CONNECTIONS =
      all(
          SEVERAL,
          INFO,
          Map.of("options()", "a connection's and a pool's; the first one's of shards"));

  private static final Map<String, String> BLOCKING_VIEW = Map.of("async()", VIEW);

  private static final Map<String, String> ASYNC_VIEW = Map.of("blocking()", VIEW);

  private static final Map<String, String> TAKING =
      Map.of(
          "close()", "AutoCloseable",
          "forEach(handler)", "Iterable",
          "iterator()", "Iterable",
          "spliterator()", "Iterable",
          "next()", TAKEN,
          "stream()", TAKEN,
          "publisher()", TAKEN);

  static Stream<Pair> pairs() {
    return Stream.of(
        new Pair(
            dev.midge.nats.NatsOperations.class,
            NatsOperations.class,
            SOURCES,
            all(SUBJECTS, BLOCKING_VIEW)),
        new Pair(
            dev.midge.nats.NatsOperations.class,
            NatsAsyncOperations.class,
            SOURCES,
            all(SUBJECTS, ASYNC_VIEW)),
        new Pair(
            Nats.class,
            NatsClient.class,
            SOURCES,
            all(SUBJECTS, LIFE, OF_CONNECTIONS, BLOCKING_VIEW)),
        new Pair(
            NatsConnection.class,
            NatsClient.class,
            all(SOURCES, RAW),
            all(SUBJECTS, LIFE, SEVERAL, BLOCKING_VIEW)),
        new Pair(
            NatsConnectionPool.class,
            NatsClient.class,
            all(SOURCES, Map.of("selection()", MADE)),
            all(SUBJECTS, LIFE, INFO, BLOCKING_VIEW)),
        new Pair(
            NatsShards.class,
            NatsClient.class,
            all(
                SOURCES,
                Map.of(
                    "mapping()", MADE,
                    "shards()", MADE,
                    "shard(Subject)", MADE,
                    "shard(String)", MADE)),
            all(SUBJECTS, LIFE, OF_CONNECTIONS, BLOCKING_VIEW)),
        new Pair(
            NatsConnection.class,
            NatsAsyncClient.class,
            all(SOURCES, RAW),
            all(
                SUBJECTS,
                LIFE,
                ASYNC_VIEW,
                Map.of("closeAsync()", "close() is AutoCloseable's, which blocks"))),
        new Pair(
            dev.midge.nats.Subscription.class,
            Subscription.class,
            Map.of("collect(FlowCollector)", "Flow"),
            all(
                TAKING,
                Map.of(
                    "drainAsync()", "one subscription serves both views",
                    "unsubscribe()", "a default argument in Kotlin"))),
        new Pair(
            PublishBatch.class,
            MessageBatch.class,
            Map.of("publish(Subject, Source)", IO),
            Map.of("publish(TypedSubject, Object)", "an extension function in Kotlin")),
        new Pair(
            TypedSubject.class,
            dev.midge.nats.java.TypedSubject.class,
            Map.of("nats()", "internal; public for inline functions"),
            BLOCKING_VIEW),
        new Pair(
            TypedSubject.class,
            AsyncTypedSubject.class,
            Map.of(
                "nats()", "internal; public for inline functions",
                "codec()", "blocking() has it",
                "messages()", "a publisher blocks nobody: blocking() has it",
                "respondWith(Codec, handler)", "blocking() has it"),
            ASYNC_VIEW),
        new Pair(
            TypedSubscription.class,
            dev.midge.nats.java.TypedSubscription.class,
            Map.of(
                "collect(FlowCollector)", "Flow",
                "subscription()", "untyped() in Java, where a subscription is not a Flow"),
            all(TAKING, Map.of("untyped()", "subscription() in Kotlin"))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void differInNothingElse(Pair pair) {
    Set<String> kotlin = Operation.of(pair.kotlin());
    Set<String> java = Operation.of(pair.java());
    assertEquals(new TreeSet<>(pair.kotlinOnly().keySet()), less(kotlin, java), "only in Kotlin");
    assertEquals(new TreeSet<>(pair.javaOnly().keySet()), less(java, kotlin), "only in Java");
  }

  private static Set<String> less(Set<String> all, Set<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  @SafeVarargs
  private static Map<String, String> all(Map<String, String>... parts) {
    Map<String, String> all = new java.util.TreeMap<>();
    for (Map<String, String> part : parts) all.putAll(part);
    return all;
  }
}
