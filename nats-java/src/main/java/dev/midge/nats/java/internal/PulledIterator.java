package dev.midge.nats.java.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over what a function returns until it returns {@code null}. For one thread at a time.
 */
public final class PulledIterator<T> implements Iterator<T> {
  private final Supplier<@Nullable T> pull;
  private @Nullable T next;
  private boolean hasEnded;

  /** Iterates over what {@code pull} returns. */
  public PulledIterator(Supplier<@Nullable T> pull) {
    this.pull = pull;
  }

  /** The same as a stream, which runs {@code onClose} when it is closed. */
  public static <T> Stream<T> stream(Supplier<@Nullable T> pull, Runnable onClose) {
    Spliterator<T> elements =
        Spliterators.spliteratorUnknownSize(
            new PulledIterator<>(pull), Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(elements, false).onClose(onClose);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !hasEnded) {
      next = pull.get();
      hasEnded = next == null;
    }
    return next != null;
  }

  @Override
  public T next() {
    if (!hasNext()) throw new NoSuchElementException("the messages have come to their end");
    T taken = next;
    next = null;
    return taken;
  }
}
