package dev.midge.nats.java;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Emits a number of elements, as they are asked for and on the thread that asks, once. */
final class CountingPublisher<T> implements Flow.Publisher<T>, Flow.Subscription {
  private final int count;
  private final IntFunction<T> element;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private @Nullable Throwable failure;
  private boolean endsNever;
  private Flow.Subscriber<? super T> subscriber;
  private int emitted;
  private long requested;
  private volatile long mostRequested;
  private boolean isEmitting;
  private boolean hasEnded;

  CountingPublisher(int count, IntFunction<T> element) {
    this.count = count;
    this.element = element;
  }

  CountingPublisher<T> failingWith(Throwable failure) {
    this.failure = failure;
    return this;
  }

  CountingPublisher<T> neverEnding() {
    endsNever = true;
    return this;
  }

  long mostRequestedAtOnce() {
    return mostRequested;
  }

  boolean awaitCancelled() throws InterruptedException {
    return cancelled.await(10, TimeUnit.SECONDS);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    this.subscriber = subscriber;
    subscriber.onSubscribe(this);
  }

  @Override
  public synchronized void request(long n) {
    requested += n;
    mostRequested = Math.max(mostRequested, requested);
    if (isEmitting) return;
    isEmitting = true;
    while (requested > 0 && emitted < count) {
      requested--;
      subscriber.onNext(element.apply(emitted++));
    }
    isEmitting = false;
    if (emitted < count || endsNever || hasEnded) return;
    hasEnded = true;
    if (failure == null) {
      subscriber.onComplete();
    } else {
      subscriber.onError(failure);
    }
  }

  @Override
  public void cancel() {
    cancelled.countDown();
  }
}
