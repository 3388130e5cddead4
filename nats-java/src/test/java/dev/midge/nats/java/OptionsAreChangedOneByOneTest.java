package dev.midge.nats.java;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.BufferOptions;
import dev.midge.nats.HttpProxy;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Overflow;
import dev.midge.nats.ReconnectOptions;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.TimeoutOptions;
import dev.midge.nats.TlsOptions;
import dev.midge.nats.TlsVersion;
import dev.midge.nats.WebSocketOptions;
import dev.midge.nats.WhileDisconnected;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls every method of every builder with a value that is not the default. */
class OptionsAreChangedOneByOneTest {
  /** Functions, which Java sets and does not read. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "onConnecting",
          "headerSupplier",
          "delay",
          "selectServer",
          "sslContext",
          "sentinel",
          "endedByEmptyPayload");

  /** What the method of a builder sets that has another name than what is read. */
  private static final Map<String, Set<String>> READ_AS =
      Map.of(
          "wait", Set.of("reconnectWait"),
          "certificate", Set.of("certificateChain", "privateKey"));

  /** What Kotlin calls otherwise. */
  private static final Map<String, String> JAVA_NAMES =
      Map.of(
          "dispatcher", "executor",
          "certificateChain", "certificate",
          "privateKey", "certificate");

  static List<Object> options() {
    return List.of(
        NatsOptions.builder().build(),
        TimeoutOptions.builder().build(),
        BufferOptions.builder().build(),
        ReconnectOptions.builder().build(),
        TlsOptions.builder().build(),
        WebSocketOptions.builder().build(),
        RequestManyLimits.builder().build());
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyMethodOfTheBuilderChangesItsOption(Object options) throws Exception {
    Map<String, Object> before = read(options);
    Set<String> seen = new HashSet<>();
    for (Method set : setters(options).toList()) {
      Object builder = toBuilder(options);
      assertSame(builder, set.invoke(builder, arguments(set, before)), set.getName());
      Object changed = build(builder);
      if (FUNCTIONS.contains(set.getName())) {
        assertEquals(before, read(changed), set.getName());
        assertNotEquals(options, changed, set.getName());
      } else {
        Set<String> wanted = READ_AS.getOrDefault(set.getName(), Set.of(set.getName()));
        if (!set.getName().equals("servers"))
          assertEquals(wanted, difference(before, read(changed)));
        seen.addAll(wanted);
      }
      assertEquals(read(changed), read(build(toBuilder(changed))), "a copy says the same");
      assertEquals(before, read(options), "the options are immutable");
    }
    seen.remove("servers");
    assertEquals(before.keySet(), seen, "every option can be changed");
  }

  @ParameterizedTest
  @MethodSource("options")
  void whatKotlinSetsJavaSetsToo(Object options) {
    Set<String> kotlin =
        Arrays.stream(toBuilder(options).getClass().getDeclaredMethods())
            .filter(it -> it.getName().matches("set[A-Z]\\w*(-\\w+)?"))
            .map(it -> it.getName().substring(3, 4).toLowerCase() + it.getName().substring(4))
            .map(name -> name.replaceFirst("-.*", ""))
            .map(name -> JAVA_NAMES.getOrDefault(name, name))
            .collect(toSet());
    Set<String> java = setters(options).map(Method::getName).collect(toSet());
    java.remove("endedByEmptyPayload");
    assertEquals(kotlin, java);
    assertTrue(kotlin.size() > 1);
  }

  @ParameterizedTest
  @MethodSource("options")
  void optionsThatSayTheSameAreEqual(Object options) {
    if (options instanceof NatsOptions) return;
    Object same = build(toBuilder(options));
    assertEquals(options, same);
    assertEquals(options.hashCode(), same.hashCode());
    assertEquals(options.toString(), same.toString());
  }

  @Test
  void theFiguresThatAreDocumentedAreTheDefaults() {
    assertEquals(
        Map.of(
            "connect", Duration.ofSeconds(2),
            "request", Duration.ofSeconds(5),
            "flush", Duration.ofSeconds(10),
            "drain", Duration.ofSeconds(30),
            "close", Duration.ofSeconds(2),
            "pingInterval", Duration.ofMinutes(2),
            "maxPingsOutstanding", 2),
        read(TimeoutOptions.builder().build()));
    assertEquals(1 << 20, BufferOptions.builder().build().outbound());
    assertEquals(
        Map.of(
            "reconnectWait",
            Duration.ofSeconds(2),
            "jitter",
            Duration.ofMillis(100),
            "jitterTls",
            Duration.ofSeconds(1),
            "multiplier",
            1.0,
            "maxWait",
            Duration.ofSeconds(30),
            "maxReconnects",
            -1,
            "retryFirstConnect",
            false,
            "useDiscoveredServers",
            true,
            "stopOnAuthErrors",
            true,
            "whileDisconnected",
            new WhileDisconnected.Buffer(8 << 20, Duration.ofSeconds(30))),
        without(read(ReconnectOptions.builder().build()), "failRequests"));
  }

  @Test
  void aGroupIsChangedWhereItIs() {
    NatsOptions options =
        NatsOptions.builder()
            .timeouts(t -> t.request(Duration.ofSeconds(1)))
            .timeouts(t -> t.flush(Duration.ofSeconds(3)))
            .reconnect(r -> r.wait(Duration.ofSeconds(4)))
            .buffers(b -> b.outbound(5))
            .tls(t -> t.required(true))
            .webSocket(w -> w.compression(true))
            .build();
    assertEquals(Duration.ofSeconds(1), options.timeouts().request());
    assertEquals(Duration.ofSeconds(3), options.timeouts().flush());
    assertEquals(Duration.ofSeconds(4), options.reconnect().reconnectWait());
    assertEquals(5, options.buffers().outbound());
    assertTrue(options.tls().required());
    assertTrue(options.webSocket().compression());
  }

  @Test
  void aBuilderMayBeUsedOnWithoutChangingWhatItHasMade() {
    NatsOptions.Builder builder = NatsOptions.builder().name("one");
    NatsOptions one = builder.build();
    builder.name("two");
    assertEquals("one", one.name());
    assertEquals("one", one.toBuilder().build().name());
  }

  @Test
  void theTlsSessionsAreThoseOfTheOptionsThatConnectionsShare() {
    TlsOptions tls = TlsOptions.builder().required(true).build();
    NatsOptions one = NatsOptions.builder().tls(tls).build();
    assertSame(tls, one.tls());
    assertSame(tls, one.toBuilder().name("other").build().tls());
  }

  @Test
  void theExecutorIsTheOneThatWasGiven() {
    Executor executor = Runnable::run;
    NatsOptions options = NatsOptions.builder().executor(executor).build();
    assertSame(executor, options.executor());
    assertSame(executor, options.toBuilder().build().executor());
  }

  @Test
  void theServersAreThoseOfAllTextsInOrder() {
    NatsOptions options = NatsOptions.builder().servers("a:1,tls://b", "ws://c/path").build();
    String servers = "[nats://a:1, tls://b:4222, ws://c:80/path]";
    assertTrue(options.toString().contains(servers), options.toString());
    assertEquals(options.toString(), options.toBuilder().build().toString());
  }

  private static Object[] arguments(Method set, Map<String, Object> now) {
    return Arrays.stream(set.getParameterTypes())
        .map(type -> other(type, now.get(set.getName())))
        .toArray();
  }

  /** Another value than {@code now}. */
  private static Object other(Class<?> type, Object now) {
    if (type == boolean.class) return !(boolean) now;
    Map<Class<?>, Object> values =
        Map.ofEntries(
            Map.entry(int.class, 3128),
            Map.entry(Integer.class, 3128),
            Map.entry(double.class, 2.5),
            Map.entry(Duration.class, Duration.ofMillis(7)),
            Map.entry(String.class, "_other"),
            Map.entry(String[].class, new String[] {"other"}),
            Map.entry(Path.class, Path.of("file.pem")),
            Map.entry(Set.class, Set.of(TlsVersion.TLS_1_3)),
            Map.entry(Map.class, Map.of("X-Name", "value")),
            Map.entry(List.class, List.of("nats")),
            Map.entry(HttpProxy.class, new HttpProxy("proxy", 1)),
            Map.entry(WhileDisconnected.class, WhileDisconnected.Fail.INSTANCE),
            Map.entry(Overflow.class, Overflow.Latest.INSTANCE),
            Map.entry(NatsAuth.class, new NatsAuth.Token("t")),
            Map.entry(
                TimeoutOptions.class, TimeoutOptions.builder().maxPingsOutstanding(9).build()),
            Map.entry(BufferOptions.class, BufferOptions.builder().outbound(9).build()),
            Map.entry(ReconnectOptions.class, ReconnectOptions.builder().multiplier(9).build()),
            Map.entry(TlsOptions.class, TlsOptions.builder().required(true).build()),
            Map.entry(WebSocketOptions.class, WebSocketOptions.builder().compression(true).build()),
            Map.entry(Supplier.class, (Supplier<?>) () -> null),
            Map.entry(IntFunction.class, (IntFunction<?>) failures -> Duration.ZERO),
            Map.entry(Function.class, (Function<?, ?>) servers -> null),
            Map.entry(Predicate.class, (Predicate<?>) message -> true),
            Map.entry(UnaryOperator.class, (UnaryOperator<?>) target -> target),
            Map.entry(Executor.class, (Executor) Runnable::run));
    if (!values.containsKey(type)) throw new AssertionError("give a value of " + type);
    return values.get(type);
  }

  /** What Java reads of options, by name. */
  private static Map<String, Object> read(Object options) {
    Set<String> others = Set.of("toBuilder", "toString", "hashCode");
    Map<String, Object> values = new HashMap<>();
    publicMethods(options.getClass())
        .filter(it -> it.getParameterCount() == 0 && !others.contains(it.getName()))
        .forEach(it -> values.put(it.getName(), call(it, options)));
    return values;
  }

  /** The methods of the builder that set one option to a value. */
  private static Stream<Method> setters(Object options) {
    return publicMethods(toBuilder(options).getClass())
        .filter(it -> it.getReturnType() == it.getDeclaringClass())
        .filter(it -> !Arrays.asList(it.getParameterTypes()).contains(Consumer.class));
  }

  private static Object toBuilder(Object options) {
    return call(method(options.getClass(), "toBuilder"), options);
  }

  private static Object build(Object builder) {
    return call(method(builder.getClass(), "build"), builder);
  }

  private static Method method(Class<?> type, String name) {
    return publicMethods(type).filter(it -> it.getName().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<Method> publicMethods(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(it -> CoreClasses.isForJava(it) && !Modifier.isStatic(it.getModifiers()));
  }

  private static Object call(Method method, Object receiver) {
    try {
      return method.invoke(receiver);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> difference(Map<String, Object> before, Map<String, Object> after) {
    assertEquals(before.keySet(), after.keySet());
    return before.keySet().stream()
        .filter(name -> !java.util.Objects.equals(before.get(name), after.get(name)))
        .collect(toSet());
  }

  private static Map<String, Object> without(Map<String, Object> values, String name) {
    return values.entrySet().stream()
        .filter(it -> !it.getKey().equals(name))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
