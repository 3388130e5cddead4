package dev.midge.nats.java;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Calls {@code onSubscribe} only when it is told to. */
final class LatePublisher<T> implements Flow.Publisher<T> {
  private final CompletableFuture<Flow.Subscriber<? super T>> subscriber =
      new CompletableFuture<>();

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    this.subscriber.complete(subscriber);
  }

  void awaitSubscriber() throws Exception {
    subscriber.get(10, TimeUnit.SECONDS);
  }

  /** Whether the subscriber wants nothing any more. */
  boolean answer() throws Exception {
    CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    subscriber
        .get(10, TimeUnit.SECONDS)
        .onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long n) {}

              @Override
              public void cancel() {
                cancelled.complete(true);
              }
            });
    return cancelled.get(10, TimeUnit.SECONDS);
  }
}
