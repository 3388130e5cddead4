package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.Headers;
import dev.midge.nats.Overflow;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import dev.midge.nats.jetstream.PublishOptions;
import dev.midge.nats.serialization.Undecodable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlin.Function;
import kotlin.coroutines.Continuation;

/**
 * What a method is for, in the same words for Kotlin and Java: its name, and what it cannot do
 * without. What may be left out of a call (headers, reply subject, timeout, queue group, limits)
 * does not count, since Kotlin has default arguments for it and Java overloads and options.
 */
final class Operation {
  private static final Set<Class<?>> LEFT_OUT =
      Set.of(
          Continuation.class,
          Headers.class,
          HandlerOptions.class,
          Overflow.class,
          Duration.class,
          kotlin.time.Duration.class,
          SubscribeOptions.class,
          RequestManyLimits.class,
          PublishOptions.class,
          Undecodable.class);

  private static final List<Class<?>> HANDLERS =
      List.of(
          Function.class,
          java.util.function.Function.class,
          Consumer.class,
          MessageHandler.class,
          RequestHandler.class);

  private static final List<Class<?>> FLOWS =
      List.of(kotlinx.coroutines.flow.Flow.class, Flow.Publisher.class, Iterable.class);

  private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

  private static final Set<String> TAKES_TEXT =
      Set.of("publish", "publishText", "request", "requestText", "reply");

  /** In place of a text that is a payload. */
  private interface Text {}

  private Operation() {}

  /** Those of a type, inherited ones included. */
  static Set<String> of(Class<?> type) {
    return Arrays.stream(type.getMethods())
        // Bridges are what javac makes of public methods of a superclass that is not public.
        .filter(method -> !method.isSynthetic() || method.isBridge())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        // What is internal to a Kotlin module.
        .filter(method -> !method.getName().contains("$"))
        .filter(method -> method.getDeclaringClass() != Object.class)
        .filter(method -> !OF_EVERY_OBJECT.contains(method.getName()))
        .map(Operation::of)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The functions of a Kotlin file that are called on a class. */
  static Set<String> ofFunctions(Class<?> file, Class<?> receiver) {
    return Arrays.stream(file.getDeclaredMethods())
        .filter(CoreClasses::isForJava)
        .filter(
            method -> method.getParameterCount() > 0 && method.getParameterTypes()[0] == receiver)
        .map(method -> of(method, 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String of(Method method) {
    return of(method, 0);
  }

  private static String of(Method method, int receivers) {
    Class<?>[] all = method.getParameterTypes();
    Class<?>[] types = Arrays.copyOfRange(all, receivers, all.length);
    // A function that takes a duration of Kotlin's: it is compiled to a number.
    boolean hasDuration = method.getName().contains("-");
    // A text is the payload of these, with a subject or a message before it.
    boolean hasText =
        types.length > 1
            && types[1] == String.class
            && TAKES_TEXT.contains(name(method, types.length));
    if (hasText) types[1] = Text.class;
    // Bound to a subject: what else is a text or a subject is queue group or reply subject.
    boolean isBound = method.getDeclaringClass().getSimpleName().contains("TypedSubject");
    boolean[] subjectSeen = {false};
    String parameters =
        Stream.of(types)
            .filter(type -> !hasDuration || type != long.class)
            .filter(type -> !LEFT_OUT.contains(type) && !Executor.class.isAssignableFrom(type))
            .filter(
                type ->
                    !isSubject(type) || (!isBound && !subjectSeen[0] && (subjectSeen[0] = true)))
            .map(Operation::name)
            .collect(Collectors.joining(", "));
    return name(method, types.length) + "(" + parameters + ")";
  }

  private static boolean isSubject(Class<?> type) {
    return type == Subject.class || type == String.class || type == CharSequence.class;
  }

  /** Without what the Kotlin compiler adds for value classes, and properties as Java names them. */
  private static String name(Method method, int parameters) {
    String name = method.getName().replaceFirst("-.*", "");
    if (parameters > 0 || !name.matches("get[A-Z].*")) return name;
    return Character.toLowerCase(name.charAt(3)) + name.substring(4);
  }

  private static String name(Class<?> type) {
    if (HANDLERS.stream().anyMatch(handler -> handler.isAssignableFrom(type))) return "handler";
    if (FLOWS.stream().anyMatch(flow -> flow.isAssignableFrom(type))) return "Flow";
    if (type.getName().endsWith("Codec")) return "Codec";
    if (isSubject(type)) return "Subject";
    return type.getSimpleName();
  }
}
