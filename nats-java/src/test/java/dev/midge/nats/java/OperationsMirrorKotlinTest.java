package dev.midge.nats.java;

import dev.midge.nats.Nats;
import dev.midge.nats.NatsConnection;
import dev.midge.nats.NatsConnectionPool;
import dev.midge.nats.NatsShards;
import dev.midge.nats.PublishBatch;
import dev.midge.nats.serialization.TypedSubject;
import dev.midge.nats.serialization.TypedSubscription;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Java has what Kotlin has, and the other way round: every difference that is meant stands here.
 */
class OperationsMirrorKotlinTest {
  private static final String IO = "kotlinx-io; Java has arrays, ByteBuffer and Codec";
  private static final String VIEW = "the other view of the same connections";
  private static final String TAKEN = "how Java takes what Kotlin collects as a Flow";

  private static final Map<String, String> SOURCES =
      Map.of(
          "publish(Subject, Source)", IO,
          "publishWritten(Subject, Source)", IO,
          "request(Subject, Source)", IO,
          "tryPublish(Subject, Buffer)", IO,
          "seam(Subject)", "what modules on top of the core stand on",
          "tell(MessageNotDecoded)", "what modules on top of the core report with",
          "requestOnThread(Subject, byte[])", "what Java's request is made of");

  private static final String TYPED =
      "publish and request with a text would hide Kotlin's typed ones";

  private static final Map<String, String> TEXTS =
      Map.of("publishText(Subject, Text)", TYPED, "requestText(Subject, Text)", TYPED);

  private static final Map<String, String> TEXTS_OF_JAVA =
      Map.of(
          "publish(Subject, Text)", TYPED,
          "request(Subject, Text)", TYPED,
          "reply(NatsMessage, Text)", "for the sake of the other two");

  /** What of the operations is Kotlin's alone, and what Java's. */
  private static final Map<String, String> OF_KOTLIN = all(SOURCES, TEXTS);

  private static final Map<String, String> OF_JAVA =
      all(
          TEXTS_OF_JAVA,
          Map.of(
              "subject(Subject, Codec)", "an extension function in Kotlin",
              "async()", VIEW,
              "toKotlin()", "the connection itself"));

  private static final String NEVER_WAITS = "does not wait; blocking() has it";

  /** What the view by futures does not repeat. */
  private static final Map<String, String> OF_BLOCKING =
      Map.of(
          "tryPublish(Subject, byte[])", NEVER_WAITS,
          "tryPublish(Subject, byte[], int, int)", NEVER_WAITS,
          "tryPublish(Subject, ByteBuffer)", NEVER_WAITS,
          "messages(Subject)", NEVER_WAITS,
          "subscribeBorrowed(Subject, handler)",
              "its handler runs on the reader; blocking() has it");

  private static final Map<String, String> OF_BLOCKING_LIFE =
      Map.of(
          "events()", NEVER_WAITS,
          "options()", NEVER_WAITS,
          "serverInfo()", NEVER_WAITS,
          "state()", NEVER_WAITS,
          "stats()", NEVER_WAITS);

  private static final Map<String, String> OF_FUTURES =
      all(TEXTS_OF_JAVA, Map.of("blocking()", VIEW));

  private static final Map<String, String> OF_CONNECTION =
      Map.of("writeRaw(ByteString, int, boolean)", "delicate; toKotlin() has it");

  private static final Map<String, String> LIFE =
      Map.of(
          "onEvent(handler)", "for those who have no reactive library",
          "states()", "Kotlin's state is a Flow already");

  private static final String MADE = "toKotlin() has it, and who has made them";

  private static final Map<String, String> CONNECTIONS =
      Map.of("connections()", "a pool's and shards'; a connection is its only one");

  private static final Map<String, String> INFO =
      Map.of("serverInfo()", "a connection's; the first one's of several");

  private static final Map<String, String> OPTIONS =
      Map.of("options()", "a connection's and a pool's; the first one's of shards");

  private static final Map<String, String> TAKING =
      Map.of(
          "close()", "AutoCloseable",
          "forEach(handler)", "Iterable",
          "iterator()", "Iterable",
          "spliterator()", "Iterable",
          "next()", TAKEN,
          "stream()", TAKEN,
          "publisher()", TAKEN,
          "drainAsync()", "one subscription serves both views");

  private static final Map<String, String> DECODING =
      Map.of(
          "deadLetters()", "Kotlin's typed subscription's",
          "undecodableMessages()", "Kotlin's typed subscription's");

  static Stream<MirrorPair> pairs() {
    return Stream.of(
        new MirrorPair(
            dev.midge.nats.NatsOperations.class, NatsOperations.class, OF_KOTLIN, OF_JAVA),
        new MirrorPair(
            dev.midge.nats.NatsOperations.class,
            NatsAsyncOperations.class,
            all(OF_KOTLIN, OF_BLOCKING),
            OF_FUTURES),
        new MirrorPair(
            Nats.class,
            NatsClient.class,
            OF_KOTLIN,
            all(OF_JAVA, LIFE, CONNECTIONS, INFO, OPTIONS)),
        new MirrorPair(
            NatsConnection.class,
            NatsClient.class,
            all(OF_KOTLIN, OF_CONNECTION),
            all(OF_JAVA, LIFE, CONNECTIONS)),
        new MirrorPair(
            NatsConnectionPool.class,
            NatsClient.class,
            all(OF_KOTLIN, Map.of("selection()", MADE)),
            all(OF_JAVA, LIFE, INFO)),
        new MirrorPair(
            NatsShards.class,
            NatsClient.class,
            all(OF_KOTLIN, Map.of("mapping()", MADE, "shards()", MADE, "shard(Subject)", MADE)),
            all(OF_JAVA, LIFE, CONNECTIONS, INFO, OPTIONS)),
        new MirrorPair(
            NatsConnection.class,
            NatsAsyncClient.class,
            all(OF_KOTLIN, OF_BLOCKING, OF_BLOCKING_LIFE, OF_CONNECTION),
            OF_FUTURES),
        new MirrorPair(
            dev.midge.nats.Subscription.class,
            Subscription.class,
            Map.of("collect(FlowCollector)", "Flow"),
            all(TAKING, DECODING, Map.of("unsubscribe()", "a default argument in Kotlin"))),
        new MirrorPair(
            PublishBatch.class,
            MessageBatch.class,
            Map.of("publish(Subject, Source)", IO),
            Map.of(
                "publish(Subject, Text)",
                TYPED,
                "publish(TypedSubject, Object)",
                "an extension function in Kotlin")),
        new MirrorPair(
            TypedSubject.class,
            dev.midge.nats.java.TypedSubject.class,
            Map.of(
                "nats()", "internal; public for inline functions",
                "requestOf(Object, Codec)", "what Java's request is made of"),
            Map.of(
                "publishAsync(Object)", "a future, where it pays",
                "requestAsync(Object, Codec)", "a future, where it pays")),
        new MirrorPair(
            TypedSubscription.class,
            Subscription.class,
            Map.of(
                "collect(FlowCollector)", "Flow",
                "subscription()", "one class in Java"),
            all(
                TAKING,
                Map.of(
                    "unsubscribe()", "a default argument in Kotlin",
                    "queueGroup()", "subscription's in Kotlin",
                    "id()", "subscription's in Kotlin",
                    "sid()", "subscription's in Kotlin",
                    "pendingMessages()", "subscription's in Kotlin",
                    "pendingBytes()", "subscription's in Kotlin",
                    "receivedMessages()", "subscription's in Kotlin",
                    "droppedMessages()", "subscription's in Kotlin"))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void differInNothingElse(MirrorPair pair) {
    pair.assertDifferInNothingElse();
  }

  @SafeVarargs
  private static Map<String, String> all(Map<String, String>... parts) {
    Map<String, String> all = new java.util.TreeMap<>();
    for (Map<String, String> part : parts) all.putAll(part);
    return all;
  }
}
