package dev.midge.nats.java;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.midge.nats.java.jetstream.AtomicBatch;
import dev.midge.nats.java.jetstream.Consuming;
import dev.midge.nats.java.jetstream.Ingest;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.jetstream.JetStreamMessage;
import dev.midge.nats.java.jetstream.NatsConsumer;
import dev.midge.nats.java.jetstream.NatsStream;
import dev.midge.nats.jetstream.BatchedValuesKt;
import dev.midge.nats.jetstream.PublishingValuesKt;
import dev.midge.nats.jetstream.ReadingValuesKt;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link OperationsMirrorKotlinTest}, for the handles of JetStream. */
class JetStreamMirrorsKotlinTest {
  private static final Map<String, String> NONE = Map.of();

  private static final String DEFAULT = "a default argument in Kotlin";
  private static final String BUILDER = "its options set in place; Java builds them";
  private static final String FLOW = "a Flow in Kotlin, as Java reads or writes it";
  private static final String LEADER = "a method of its own in Java, where a flag says nothing";

  private static final Map<String, String> OF_JETSTREAM_IN_KOTLIN =
      Map.of(
          "publish(Subject, byte[], handler)", BUILDER,
          "publishAsync(Subject, byte[], handler)", BUILDER,
          "publishAll(Flow, int)", "the rest are default arguments; Java has none of them or all",
          "restoreStream(Flow)", FLOW);

  private static final Map<String, String> OF_JETSTREAM_IN_JAVA =
      Map.of(
          "ingest(handler)", DEFAULT,
          "restoreStream(InputStream)", FLOW,
          "streamNames()", DEFAULT,
          "streams()", DEFAULT,
          "toKotlin()", "the way there");

  private static final Map<String, String> OF_STREAM_IN_KOTLIN =
      Map.of(
          "backup(boolean)", FLOW,
          "deleteMessage(long, boolean)", LEADER,
          "lastMessage(Subject, boolean)", LEADER,
          "message(long, boolean)", LEADER,
          "nextMessage(Subject, long, boolean)", LEADER);

  private static final Map<String, String> OF_STREAM_IN_JAVA =
      Map.ofEntries(
          Map.entry("backup(OutputStream)", FLOW),
          Map.entry("backup(OutputStream, boolean)", FLOW),
          Map.entry("createConsumer(handler)", DEFAULT),
          Map.entry("consistentLastMessage(Subject)", LEADER),
          Map.entry("consistentMessage(long)", LEADER),
          Map.entry("consistentNextMessage(Subject, long)", LEADER),
          Map.entry("deleteMessage(long)", LEADER),
          Map.entry("eraseMessage(long)", LEADER),
          Map.entry("lastMessage(Subject)", LEADER),
          Map.entry("message(long)", LEADER),
          Map.entry("messages(long)", DEFAULT),
          Map.entry("nextMessage(Subject, long)", LEADER),
          Map.entry("orderedPublisher(OrderedConfig)", FLOW),
          Map.entry("purge()", DEFAULT),
          Map.entry("value(StoredMessage, Codec)", "a function of the message in Kotlin"));

  private static final Map<String, String> OF_CONSUMER_IN_KOTLIN =
      Map.of(
          "messages(PullOptions)", FLOW,
          "reset(Long)", DEFAULT);

  private static final Map<String, String> OF_CONSUMER_IN_JAVA =
      Map.ofEntries(
          Map.entry("consume(handler)", DEFAULT),
          Map.entry("consume(int, handler)", DEFAULT),
          Map.entry("consume(int, ConsumeOptions, handler)", DEFAULT),
          Map.entry("fetch(int)", DEFAULT),
          Map.entry("fetch(int, int)", DEFAULT),
          Map.entry("fetchAvailable(int)", DEFAULT),
          Map.entry("next()", DEFAULT),
          Map.entry("publisher()", FLOW),
          Map.entry("publisher(PullOptions)", FLOW),
          Map.entry("reset()", DEFAULT),
          Map.entry("reset(long)", DEFAULT));

  static Stream<MirrorPair> pairs() {
    return Stream.of(
        new MirrorPair(
            dev.midge.nats.jetstream.JetStream.class,
            JetStream.class,
            OF_JETSTREAM_IN_KOTLIN,
            OF_JETSTREAM_IN_JAVA,
            PublishingValuesKt.class),
        new MirrorPair(
            dev.midge.nats.jetstream.NatsStream.class,
            NatsStream.class,
            OF_STREAM_IN_KOTLIN,
            OF_STREAM_IN_JAVA),
        new MirrorPair(
            dev.midge.nats.jetstream.NatsConsumer.class,
            NatsConsumer.class,
            OF_CONSUMER_IN_KOTLIN,
            OF_CONSUMER_IN_JAVA),
        new MirrorPair(
            dev.midge.nats.jetstream.JetStreamMessage.class,
            JetStreamMessage.class,
            NONE,
            Map.of("terminate()", DEFAULT),
            ReadingValuesKt.class),
        new MirrorPair(
            dev.midge.nats.jetstream.Consuming.class,
            Consuming.class,
            Map.of("stop()", "close() in Java, where that may wait"),
            NONE),
        new MirrorPair(
            dev.midge.nats.jetstream.Ingest.class, Ingest.class, NONE, NONE, BatchedValuesKt.class),
        new MirrorPair(
            dev.midge.nats.jetstream.AtomicBatch.class,
            AtomicBatch.class,
            NONE,
            NONE,
            BatchedValuesKt.class));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void differInNothingElse(MirrorPair pair) {
    pair.assertDifferInNothingElse();
  }

  @Test
  void everyHandleIsLookedAt() {
    Set<Class<?>> handles =
        CoreClasses.ofJetStream().stream()
            .filter(type -> !type.getName().endsWith("Kt"))
            .filter(type -> Arrays.stream(type.getDeclaredMethods()).anyMatch(this::suspends))
            .collect(toSet());
    pairs().map(MirrorPair::kotlin).forEach(handles::remove);
    assertEquals(Set.of(), handles);
  }

  private boolean suspends(Method method) {
    return CoreClasses.isForJava(method)
        && List.of(method.getParameterTypes()).contains(Continuation.class);
  }
}
