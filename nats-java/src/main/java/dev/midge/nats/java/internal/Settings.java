package dev.midge.nats.java.internal;

import java.util.function.Consumer;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;

/** What changes a builder, as Kotlin takes it. */
public final class Settings {
  private Settings() {}

  /** {@code settings} as a function of Kotlin's. */
  public static <B> Function1<B, Unit> of(Consumer<? super B> settings) {
    return builder -> {
      settings.accept(builder);
      return Unit.INSTANCE;
    };
  }
}
