package dev.midge.nats.java.internal;

import java.util.function.Consumer;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;

/** What fills or changes something, as Kotlin takes it. */
public final class Settings {
  private Settings() {}

  /** {@code settings} as a function of Kotlin's. */
  public static <B> Function1<B, Unit> of(Consumer<? super B> settings) {
    return builder -> {
      settings.accept(builder);
      return Unit.INSTANCE;
    };
  }

  /** As {@link #of}, where Kotlin lets it suspend, which it does not. */
  public static <B> Function2<B, Continuation<? super Unit>, Object> suspending(
      Consumer<? super B> settings) {
    return (builder, continuation) -> {
      settings.accept(builder);
      return Unit.INSTANCE;
    };
  }
}
