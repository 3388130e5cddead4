package dev.midge.nats.java;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what it gets, and asks for no more than the test does. */
final class AskingSubscriber<T> implements Flow.Subscriber<T> {
  private final LinkedBlockingQueue<T> elements = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();

  void request(long elements) throws Exception {
    subscription.get(10, TimeUnit.SECONDS).request(elements);
  }

  void cancel() throws Exception {
    subscription.get(10, TimeUnit.SECONDS).cancel();
  }

  T element() throws InterruptedException {
    return Behaviour.taken(elements);
  }

  List<T> rest() {
    return new ArrayList<>(elements);
  }

  /** What it ended with, if not in order. */
  Optional<Throwable> end() throws Exception {
    return end.get(10, TimeUnit.SECONDS);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription.complete(subscription);
  }

  @Override
  public void onNext(T element) {
    elements.add(element);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Optional.of(failure));
  }

  @Override
  public void onComplete() {
    end.complete(Optional.empty());
  }
}
