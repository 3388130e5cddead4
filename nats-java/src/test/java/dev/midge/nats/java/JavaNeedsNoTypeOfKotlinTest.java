package dev.midge.nats.java;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.InboxSink;
import dev.midge.nats.InboxSubscription;
import dev.midge.nats.Nats;
import dev.midge.nats.NatsConnection;
import dev.midge.nats.NatsOperations;
import dev.midge.nats.NatsOptionsDsl;
import dev.midge.nats.NatsPublisher;
import dev.midge.nats.NatsRequester;
import dev.midge.nats.NatsShard;
import dev.midge.nats.NatsShards;
import dev.midge.nats.NatsSubscriber;
import dev.midge.nats.PublishBatch;
import dev.midge.nats.ReplySink;
import dev.midge.nats.Seam;
import dev.midge.nats.WakeUps;
import dev.midge.nats.jetstream.AtomicBatch;
import dev.midge.nats.jetstream.Consuming;
import dev.midge.nats.jetstream.Ingest;
import dev.midge.nats.jetstream.JetStream;
import dev.midge.nats.jetstream.JetStreamMessage;
import dev.midge.nats.jetstream.NatsConsumer;
import dev.midge.nats.jetstream.NatsStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kotlinx.serialization.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Options, values, events and exceptions exist once, in the core, for Kotlin and Java alike. */
class JavaNeedsNoTypeOfKotlinTest {
  private static final Pattern KOTLIN = Pattern.compile("\\bkotlinx?\\.[\\w.$]+");

  /**
   * Kotlin's operations and what only they take, for which Java calls the client of this module;
   * and the seam for modules written in Kotlin.
   */
  private static final Set<Class<?>> OPERATIONS =
      Set.of(
          HandlerOptions.class,
          // Internal to its module.
          type("dev.midge.nats.jetstream.ServerFeature"),
          AtomicBatch.class,
          Consuming.class,
          Ingest.class,
          JetStream.class,
          JetStreamMessage.class,
          NatsConsumer.class,
          NatsStream.class,
          InboxSink.class,
          InboxSubscription.class,
          Nats.class,
          NatsConnection.class,
          dev.midge.nats.NatsConnectionPool.class,
          NatsOperations.class,
          NatsOptionsDsl.class,
          NatsPublisher.class,
          NatsRequester.class,
          NatsShard.class,
          NatsShards.class,
          NatsSubscriber.class,
          PublishBatch.class,
          ReplySink.class,
          Seam.class,
          dev.midge.nats.Subscription.class,
          WakeUps.class);

  /** What names a type of Kotlin: internal, or with a counterpart for Java beside it. */
  private static final Set<String> BESIDE_ANOTHER =
      Set.of(
          "Headers(List)",
          "NatsAuth$Authenticator(Function2)",
          "NatsAuth$NKey(Function1)",
          "NatsAuth$Supplied(Function1)",
          "Reply(Source)",
          "Reply(Source, Headers)",
          "ShardGroup(String, String, Function1)");

  /** What is internal to its module, within a class that is not. */
  private static final Set<Class<?>> INTERNAL =
      Set.of(type("dev.midge.nats.jetstream.JetStreamApiException$Details"));

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isOfJson(Executable member) {
    return member instanceof Constructor
        && member.getParameterCount() > 0
        && member.getParameterTypes()[0] == JsonObject.class;
  }

  @Test
  void inWhatItCalls() {
    Set<String> found =
        values().stream()
            .flatMap(JavaNeedsNoTypeOfKotlinTest::members)
            .filter(member -> KOTLIN.matcher(member.toGenericString()).find())
            // Internal: what a server has said is read by one of them.
            .filter(member -> !isOfJson(member))
            .map(JavaNeedsNoTypeOfKotlinTest::shown)
            .collect(toSet());
    assertEquals(new TreeSet<>(BESIDE_ANOTHER), new TreeSet<>(found));
  }

  @Test
  void toReadAValue() {
    Set<String> getters =
        values().stream()
            .filter(type -> !type.getSimpleName().equals("Companion"))
            .filter(type -> !INTERNAL.contains(type))
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(CoreClasses::isForJava)
            .filter(method -> method.getName().matches("(get|set)[A-Z]\\w*"))
            .map(JavaNeedsNoTypeOfKotlinTest::shown)
            .collect(toSet());
    getters.removeIf(name -> name.endsWith(".getEntries()"));
    // Throwable has named the one, and Kotlin makes the other of a CharSequence's length.
    assertEquals(
        Set.of("NatsException.getMessage()", "Subject.getLength()"),
        getters,
        "accessors as those of records");
  }

  @Test
  void toReadADuration() {
    Set<String> kotlin = new TreeSet<>();
    Set<String> java = new TreeSet<>();
    for (Class<?> type : values()) {
      for (Method method : type.getDeclaredMethods()) {
        String owner = type.getName() + ".";
        // So the compiler names what returns a duration of Kotlin's.
        boolean isKotlins = method.getName().matches("get[A-Z]\\w*-\\w+");
        if (isKotlins && !owner.endsWith("Builder.")) kotlin.add(owner + property(method));
        if (method.getReturnType() == Duration.class) java.add(owner + method.getName());
      }
    }
    assertTrue(kotlin.remove("dev.midge.nats.ReconnectOptions.wait"));
    assertTrue(java.remove("dev.midge.nats.ReconnectOptions.reconnectWait"));
    assertEquals(kotlin, java);
    assertTrue(java.contains("dev.midge.nats.RequestTimeoutException.timeout"));
  }

  private static String property(Method getter) {
    String name = getter.getName().substring(3).replaceFirst("-.*", "");
    return name.substring(0, 1).toLowerCase() + name.substring(1);
  }

  @Test
  void becauseNothingIsInBothModules() {
    Set<String> core = names(CoreClasses.ofCore());
    Set<String> both = names(CoreClasses.ofJava());
    both.retainAll(core);
    assertEquals(Set.of("NatsOperations", "Subscription"), both, "what Java has of its own");
    assertTrue(core.contains("ReconnectOptions"));
  }

  @Test
  void noMethodOfTheClientTakesAnOptionByItself() {
    Set<String> options =
        CoreClasses.ofCore().stream()
            .filter(type -> type.getName().endsWith("Options$Builder"))
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(method -> CoreClasses.isForJava(method) && method.getParameterCount() == 1)
            .map(Executable::getName)
            .collect(toSet());
    assertTrue(options.contains("useDiscoveredServers"));
    Set<String> own =
        CoreClasses.ofJava().stream()
            .filter(type -> type.getSimpleName().matches(".*(Options|Limits|Builder)"))
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .map(Executable::getName)
            .collect(toSet());
    own.retainAll(options);
    // One subscription's own, which differ from those of the connection.
    assertEquals(Set.of("executor", "overflow"), own);
  }

  private static List<Class<?>> values() {
    return Stream.concat(CoreClasses.ofCore().stream(), CoreClasses.ofJetStream().stream())
        .filter(type -> !OPERATIONS.contains(outermost(type)))
        .filter(type -> !type.getName().endsWith("Kt"))
        .toList();
  }

  private static Class<?> outermost(Class<?> type) {
    return type.getDeclaringClass() == null ? type : outermost(type.getDeclaringClass());
  }

  private static Stream<Executable> members(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
        .filter(CoreClasses::isForJava)
        .filter(member -> !member.getName().equals("getEntries"));
  }

  private static String shown(Executable member) {
    String type = member.getDeclaringClass().getName().replaceFirst("dev\\.midge\\.nats\\.", "");
    String parameters =
        String.join(
            ", ", Arrays.stream(member.getParameterTypes()).map(Class::getSimpleName).toList());
    boolean isConstructor = member.getName().equals(member.getDeclaringClass().getName());
    return type + (isConstructor ? "" : "." + member.getName()) + "(" + parameters + ")";
  }

  private static Set<String> names(List<Class<?>> types) {
    return types.stream()
        .filter(type -> type.getDeclaringClass() == null)
        .map(Class::getSimpleName)
        .collect(toSet());
  }
}
