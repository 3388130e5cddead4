package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.midge.nats.HttpProxy;
import dev.midge.nats.Overflow;
import dev.midge.nats.TlsVersion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import kotlinx.coroutines.Dispatchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls every {@code with...} and every method of the builder, with a value that is not the
 * default.
 */
class OptionsAreChangedOneByOneTest {
  static List<Object> groups() {
    return List.of(
        TimeoutOptions.defaults(),
        BufferOptions.defaults(),
        ReconnectOptions.defaults(),
        TlsOptions.defaults(),
        WebSocketOptions.defaults());
  }

  @ParameterizedTest
  @MethodSource("groups")
  void everyWithMethodChangesItsComponentHereAndInKotlin(Object options) throws Exception {
    Map<String, Object> before = PlainOptions.of(options);
    Set<String> seen = new HashSet<>();
    for (Method with : publicMethods(options.getClass(), "with")) {
      Set<String> wanted = componentsOf(with);
      Object changed = with.invoke(options, arguments(with, options));
      assertEquals(wanted, difference(before, PlainOptions.of(changed)), with.getName());
      assertEquals(PlainOptions.of(changed), PlainOptions.of(kotlin(changed)), with.getName());
      assertEquals(before, PlainOptions.of(options), "the options are immutable");
      seen.addAll(wanted);
    }
    assertEquals(before.keySet(), seen, "every component can be changed");
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aWithMethodTakesTheValueThatItIsGiven(Object options) throws Exception {
    for (Method with : publicMethods(options.getClass(), "with")) {
      if (with.getParameterCount() != 1) continue;
      Object[] given = arguments(with, options);
      Object changed = with.invoke(options, given);
      assertEquals(given[0], value(changed, decapitalized(with)), with.getName());
    }
  }

  @Test
  void everyMethodOfTheBuilderChangesItsOptionHereAndInKotlin() throws Exception {
    NatsOptions options = NatsOptions.builder().build();
    Map<String, Object> before = PlainOptions.of(options);
    Set<String> seen = new HashSet<>();
    for (Method method : publicMethods(NatsOptions.Builder.class, "")) {
      if (Set.of("build", "servers").contains(method.getName())) continue;
      NatsOptions.Builder builder = options.toBuilder();
      assertSame(builder, method.invoke(builder, arguments(method, options)));
      NatsOptions changed = builder.build();
      String option = PlainOptions.kotlinName(method.getName());
      assertEquals(Set.of(option), difference(before, PlainOptions.of(changed)));
      assertEquals(PlainOptions.of(changed), PlainOptions.of(changed.toKotlin()));
      assertEquals(PlainOptions.of(changed), PlainOptions.of(changed.toBuilder().build()));
      seen.add(option);
    }
    assertEquals(before.keySet(), seen);
  }

  @Test
  void theCertificateIsThatOfBothFiles() {
    Path chain = Path.of("client.pem");
    Path key = Path.of("client.key");
    TlsOptions tls = TlsOptions.defaults().withCertificate(chain, key);
    assertEquals(List.of(chain, key), List.of(tls.certificateChain(), tls.privateKey()));
    assertEquals(TlsOptions.defaults(), tls.withCertificate(null, null));
    assertEquals(TlsOptions.defaults().hashCode(), tls.withCertificate(null, null).hashCode());
    assertNotSame(TlsOptions.defaults(), tls.withCertificate(null, null));
  }

  @Test
  void aProxyWithoutPasswordIsOfHostAndPort() {
    assertEquals(
        new HttpProxy("proxy", 3128, null, null),
        WebSocketOptions.defaults().withProxy("proxy", 3128).proxy());
  }

  private static Object[] arguments(Method method, Object options) {
    List<Object> arguments = new ArrayList<>();
    for (Class<?> type : method.getParameterTypes()) {
      arguments.add(method.getParameterCount() == 1 ? other(type, method, options) : single(type));
    }
    return arguments.toArray();
  }

  /** Another value than {@code options} have. */
  private static Object other(Class<?> type, Method method, Object options) {
    if (type == boolean.class) return !(boolean) value(options, decapitalized(method));
    if (type == int.class) return (int) value(options, decapitalized(method)) + 1;
    if (type == Duration.class) {
      return ((Duration) value(options, decapitalized(method))).plusMillis(7);
    }
    return single(type);
  }

  /** A value that is no default. */
  private static Object single(Class<?> type) {
    Map<Class<?>, Object> values =
        Map.ofEntries(
            Map.entry(int.class, 3128),
            Map.entry(Integer.class, 3128),
            Map.entry(double.class, 2.5),
            Map.entry(String.class, "_other"),
            Map.entry(Path.class, Path.of("file.pem")),
            Map.entry(Set.class, Set.of(TlsVersion.TLS_1_3)),
            Map.entry(Map.class, Map.of("X-Name", "value")),
            Map.entry(List.class, List.of("nats")),
            Map.entry(HttpProxy.class, new HttpProxy("proxy", 1, null, null)),
            Map.entry(WhileDisconnected.class, WhileDisconnected.fail()),
            Map.entry(Overflow.class, Overflow.Latest.INSTANCE),
            Map.entry(Auth.class, Auth.token("t")),
            Map.entry(TimeoutOptions.class, TimeoutOptions.defaults().withMaxPingsOutstanding(9)),
            Map.entry(BufferOptions.class, BufferOptions.defaults().withOutbound(9)),
            Map.entry(ReconnectOptions.class, ReconnectOptions.defaults().withMultiplier(9)),
            Map.entry(TlsOptions.class, TlsOptions.defaults().withRequired(true)),
            Map.entry(WebSocketOptions.class, WebSocketOptions.defaults().withCompression(true)),
            Map.entry(Supplier.class, (Supplier<?>) () -> null),
            Map.entry(IntFunction.class, (IntFunction<?>) failures -> Duration.ZERO),
            Map.entry(Function.class, (Function<?, ?>) servers -> null),
            Map.entry(UnaryOperator.class, (UnaryOperator<?>) target -> target),
            Map.entry(Executor.class, (Executor) Runnable::run));
    if (!values.containsKey(type)) throw new AssertionError("give a value of " + type);
    return values.get(type);
  }

  private static Set<String> componentsOf(Method with) {
    String name = decapitalized(with);
    return name.equals("certificate")
        ? Set.of("certificateChain", "privateKey")
        : Set.of(PlainOptions.kotlinName(name));
  }

  private static String decapitalized(Method method) {
    String name = method.getName();
    if (!name.startsWith("with")) return name;
    return name.substring(4, 5).toLowerCase() + name.substring(5);
  }

  private static Set<String> difference(Map<String, Object> before, Map<String, Object> after) {
    assertEquals(before.keySet(), after.keySet());
    Set<String> changed = new HashSet<>(before.keySet());
    changed.removeIf(
        name -> before.get(name) == after.get(name) || after.get(name).equals(before.get(name)));
    return changed;
  }

  private static Object value(Object options, String name) {
    return PlainOptions.value(PlainOptions.accessors(options.getClass()).get(name), options);
  }

  private static Object kotlin(Object group)
      throws IllegalAccessException, InvocationTargetException {
    if (group instanceof WebSocketOptions options) return options.toKotlin(Dispatchers.getIO());
    Method toKotlin =
        Arrays.stream(group.getClass().getDeclaredMethods())
            .filter(it -> it.getName().equals("toKotlin"))
            .findFirst()
            .orElseThrow();
    return toKotlin.invoke(group);
  }

  private static List<Method> publicMethods(Class<?> type, String prefix) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(it -> Modifier.isPublic(it.getModifiers()) && it.getName().startsWith(prefix))
        .toList();
  }
}
