package dev.midge.nats.java;

import dev.midge.nats.java.internal.Threads;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** A listener that is told of events until this is closed. */
public final class EventRegistration implements AutoCloseable {
  private final Listener<?> listener;

  private EventRegistration(Listener<?> listener) {
    this.listener = listener;
  }

  static <T> EventRegistration of(Flow.Publisher<T> events, Consumer<? super T> consumer) {
    Objects.requireNonNull(consumer, "listener");
    Listener<T> listener = new Listener<>(consumer);
    events.subscribe(listener);
    return new EventRegistration(listener);
  }

  /** Ends the calls; one that is under way goes on. Idempotent. */
  @Override
  public void close() {
    listener.subscription.cancel();
  }

  private static final class Listener<T> implements Flow.Subscriber<T> {
    private final Consumer<? super T> consumer;
    private Flow.Subscription subscription;

    Listener(Consumer<? super T> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T event) {
      try {
        consumer.accept(event);
      } catch (Throwable e) {
        Threads.uncaught(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      Threads.uncaught(failure);
    }

    @Override
    public void onComplete() {}
  }
}
