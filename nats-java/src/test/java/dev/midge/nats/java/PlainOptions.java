package dev.midge.nats.java;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.midge.nats.Overflow;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Threads;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.ExecutorCoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * What options say, in a form that is equal if Kotlin's and Java's say the same. Read by
 * reflection: an option that only one language has shows.
 */
final class PlainOptions {
  /** How the compiler ends the names of functions that return a Kotlin duration. */
  private static final String DURATION_SUFFIX = "-UwyO8pc";

  /** What has another name in Java. */
  private static final Map<String, String> KOTLIN_NAMES =
      Map.of("reconnectWait", "wait", "executor", "dispatcher");

  private static final Set<String> NO_OPTIONS =
      Set.of("toKotlin", "toBuilder", "toString", "hashCode");

  private PlainOptions() {}

  /** The properties of Kotlin's options, or the components of Java's, by their Kotlin names. */
  static Map<String, Object> of(Object options) {
    return isJava(options) ? ofJava(options) : ofKotlin(options);
  }

  /** The accessors of Java's options. */
  static Map<String, Method> accessors(Class<?> options) {
    return methods(options, method -> !NO_OPTIONS.contains(method.getName())).stream()
        .collect(toMap(Method::getName, Function.identity()));
  }

  static String kotlinName(String java) {
    return KOTLIN_NAMES.getOrDefault(java, java);
  }

  private static Map<String, Object> ofJava(Object options) {
    Map<String, Object> plain = new HashMap<>();
    accessors(options.getClass())
        .forEach((name, accessor) -> plain.put(kotlinName(name), plain(value(accessor, options))));
    return plain;
  }

  private static Map<String, Object> ofKotlin(Object options) {
    Map<String, Object> plain = new HashMap<>();
    for (Method getter :
        methods(options.getClass(), it -> it.getName().matches("(get|is)[A-Z]\\w*(-\\w+)?"))) {
      String name = getter.getName().replace(DURATION_SUFFIX, "");
      if (name.startsWith("get")) name = name.substring(3, 4).toLowerCase() + name.substring(4);
      Object value = value(getter, options);
      plain.put(
          name, getter.getName().endsWith(DURATION_SUFFIX) ? duration((long) value) : plain(value));
    }
    return plain;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value == null) return null;
    String type = value.getClass().getSimpleName();
    if (value instanceof Auth || value instanceof dev.midge.nats.NatsAuth) return value.toString();
    if (value instanceof Subject || value instanceof Overflow) return value.toString();
    if (value instanceof CoroutineDispatcher dispatcher) return place(dispatcher);
    if (value instanceof Executor executor) return place(Threads.of(executor));
    if (type.contains("$$Lambda") || value instanceof kotlin.Function<?>) return "a function";
    if (type.endsWith("Options")) return of(value);
    boolean isPolicy =
        value instanceof WhileDisconnected || value instanceof dev.midge.nats.WhileDisconnected;
    return isPolicy ? Map.of(type, of(value)) : value;
  }

  /**
   * An executor that was made a dispatcher, or a dispatcher that was made an executor, is what it
   * was.
   */
  private static Object place(CoroutineDispatcher dispatcher) {
    return dispatcher instanceof ExecutorCoroutineDispatcher it ? it.getExecutor() : dispatcher;
  }

  private static boolean isJava(Object options) {
    return options.getClass().getPackage() == PlainOptions.class.getPackage();
  }

  private static Set<Method> methods(Class<?> type, Predicate<Method> filter) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(it -> Modifier.isPublic(it.getModifiers()) && !Modifier.isStatic(it.getModifiers()))
        .filter(it -> it.getParameterCount() == 0 && filter.test(it))
        .collect(toSet());
  }

  /** Of a duration as Kotlin's compiler passes it, by what Kotlin itself knows of it. */
  private static Duration duration(long raw) {
    try {
      Method nanoseconds =
          kotlin.time.Duration.class.getMethod("getInWholeNanoseconds-impl", long.class);
      return Duration.ofNanos((long) nanoseconds.invoke(null, raw));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  static Object value(Method accessor, Object options) {
    try {
      return accessor.invoke(options);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
