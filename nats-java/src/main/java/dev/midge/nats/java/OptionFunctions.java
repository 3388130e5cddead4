package dev.midge.nats.java;

import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Handlers;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.InterruptibleKt;

/** Functions that options name: they block in Java, and suspend in the core. */
final class OptionFunctions {
  private OptionFunctions() {}

  /** On the thread that calls it, which is interrupted when the call is cancelled. */
  static <R> Function1<Continuation<? super R>, Object> suspending(Supplier<R> function) {
    Objects.requireNonNull(function, "function");
    return c ->
        InterruptibleKt.runInterruptible(
            EmptyCoroutineContext.INSTANCE, () -> notNull(function.get()), c);
  }

  /** As the other one. */
  static <A, R> Function2<A, Continuation<? super R>, Object> suspending(Function<A, R> function) {
    return (argument, c) ->
        InterruptibleKt.runInterruptible(
            EmptyCoroutineContext.INSTANCE, () -> notNull(function.apply(argument)), c);
  }

  /** In {@code dispatcher}: the core calls it in the connection's own coroutine. */
  static <R> Function1<Continuation<? super R>, Object> apart(
      Supplier<R> function, CoroutineDispatcher dispatcher) {
    return c -> Coroutines.apart(dispatcher, () -> notNull(function.get()), c);
  }

  /** As the other one. */
  static <T> Function2<T, Continuation<? super T>, Object> apart(
      UnaryOperator<T> function, CoroutineDispatcher dispatcher) {
    return (argument, c) ->
        Coroutines.apart(dispatcher, () -> notNull(function.apply(argument)), c);
  }

  /** Blocks the thread that calls it; interrupting that thread cancels {@code function}. */
  @SuppressWarnings("unchecked")
  static <R> Supplier<R> blocking(Function1<? super Continuation<? super R>, Object> function) {
    return () -> {
      try {
        return (R)
            BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE, (scope, c) -> function.invoke((Continuation<R>) c));
      } catch (InterruptedException e) {
        throw Handlers.<RuntimeException>unchecked(e);
      }
    };
  }

  /** As the other one. */
  static <T> UnaryOperator<T> blocking(
      Function2<? super T, ? super Continuation<? super T>, Object> function) {
    return argument -> OptionFunctions.<T>blocking(c -> function.invoke(argument, c)).get();
  }

  private static <R> R notNull(R result) {
    return Objects.requireNonNull(result, "a function that the options name has returned null");
  }
}
