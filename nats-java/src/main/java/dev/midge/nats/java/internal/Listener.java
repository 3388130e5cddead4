package dev.midge.nats.java.internal;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Tells a consumer all that a publisher emits, until this is closed. What the consumer throws, and
 * what the publisher fails with, goes to the thread's handler of such.
 */
public final class Listener<T> implements Flow.Subscriber<T>, AutoCloseable {
  private final Consumer<? super T> consumer;
  private Flow.Subscription subscription;

  private Listener(Consumer<? super T> consumer) {
    this.consumer = Objects.requireNonNull(consumer, "listener");
  }

  /** One that listens. */
  public static <T> Listener<T> of(Flow.Publisher<T> publisher, Consumer<? super T> consumer) {
    Listener<T> listener = new Listener<>(consumer);
    publisher.subscribe(listener);
    return listener;
  }

  /** Ends the calls; one that is under way goes on. Idempotent. */
  @Override
  public void close() {
    subscription.cancel();
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
