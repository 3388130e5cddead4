package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.DrainTimeoutException;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Overflow;
import dev.midge.nats.SlowConsumerException;
import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Subscriptions whose messages are taken. */
abstract class SubscriptionBehaviour extends Behaviour {
  private static final Subject SUBJECT = new Subject("a.b");

  SubscriptionBehaviour(Callable<TestServer> start) {
    super(start);
  }

  /** Returns when they have been received. */
  private void publish(int count) {
    for (int i = 0; i < count; i++) nats.publish(SUBJECT, bytes("" + i));
    nats.flush();
  }

  @Test
  void oneAtATime() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.*");
    assertEquals(Optional.empty(), subscription.next(Duration.ZERO));
    publish(3);
    assertEquals(3, subscription.pendingMessages());
    assertEquals("0", subscription.next().orElseThrow().text());
    assertEquals("1", subscription.next(Duration.ZERO).orElseThrow().text());
    assertEquals("2", subscription.next(LONG).orElseThrow().text());
    assertEquals(0, subscription.pendingMessages());
    assertEquals(0, subscription.pendingBytes());
    assertEquals(Optional.empty(), subscription.next(Duration.ofMillis(1)));
    assertEquals(3, subscription.receivedMessages());
    assertEquals(0, subscription.droppedMessages());
    assertEquals("a.*", subscription.subject().value());
    assertEquals(Optional.empty(), subscription.queueGroup());
  }

  @Test
  void byIteratingUntilTheEnd() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(3);
    subscription.unsubscribe();
    List<String> texts = new ArrayList<>();
    for (NatsMessage message : subscription) texts.add(message.text());
    assertEquals(List.of("0", "1", "2"), texts);
    Iterator<NatsMessage> iterator = subscription.iterator();
    assertFalse(iterator.hasNext());
    assertThrows(NoSuchElementException.class, iterator::next);
    assertEquals(Optional.empty(), subscription.next());
  }

  @Test
  void asAStreamThatUnsubscribesWhenItIsClosed() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(5);
    try (Stream<NatsMessage> stream = subscription.stream()) {
      assertEquals(List.of("0", "1"), stream.limit(2).map(NatsMessage::text).toList());
    }
    assertFalse(subscription.isActive());
    assertEquals(Optional.empty(), subscription.next());
    assertEquals(0, nats.stats().subscriptions());
  }

  @Test
  void asAStreamThatEndsWhenNothingComes() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(3);
    Stream<String> stream = subscription.stream(Duration.ofMillis(1)).map(NatsMessage::text);
    assertEquals(List.of("0", "1", "2"), stream.toList());
    assertTrue(subscription.isActive());
    publish(1);
    assertEquals(List.of("0"), texts(subscription, 1));
  }

  @Test
  void asAPublisherOfWhatIsAskedFor() throws Exception {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(3);
    AskingSubscriber<NatsMessage> subscriber = new AskingSubscriber<>();
    subscription.publisher().subscribe(subscriber);
    subscriber.request(1);
    assertEquals("0", subscriber.element().text());
    subscriber.request(1);
    assertEquals("1", subscriber.element().text());
    AskingSubscriber<NatsMessage> second = new AskingSubscriber<>();
    subscription.publisher().subscribe(second);
    assertEquals(IllegalStateException.class, second.end().orElseThrow().getClass());
    subscriber.cancel();
    nats.flush();
    await(() -> !subscription.isActive());
    assertEquals(0, nats.stats().subscriptions());
    assertEquals(List.of(), subscriber.rest());
  }

  @Test
  void endsAfterExactlyAsManyMessagesAsWereAskedFor() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    subscription.unsubscribe(3);
    assertThrows(IllegalArgumentException.class, () -> subscription.unsubscribe(-1));
    publish(10);
    assertEquals(List.of("0", "1", "2"), subscription.stream().map(NatsMessage::text).toList());
    assertEquals(3, subscription.receivedMessages());
    Subscription<NatsMessage> late = nats.subscribe("a.b");
    publish(5);
    late.unsubscribe(2);
    assertFalse(late.isActive());
    assertEquals(5, late.stream().count());
  }

  @Test
  void drainingLosesNothing() throws Exception {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    CompletableFuture<Long> taking =
        CompletableFuture.supplyAsync(() -> subscription.stream().count());
    publish(1_000);
    subscription.drain();
    assertEquals(1_000, taking.get(10, TimeUnit.SECONDS));
    assertFalse(subscription.isActive());
  }

  @Test
  void aMessageInALoopIsHandledWhenTheNextOneIsAskedFor() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(2);
    Iterator<NatsMessage> messages = subscription.iterator();
    messages.next();
    assertEquals(2, subscription.pendingMessages());
    messages.next();
    assertEquals(1, subscription.pendingMessages());
  }

  @Test
  void theLatestIsTheLatestWhenItIsAskedFor() {
    SubscribeOptions latest = SubscribeOptions.defaults().withOverflow(Overflow.Latest.INSTANCE);
    Subscription<NatsMessage> subscription = nats.subscribe(new Subject("a"), latest);
    nats.publish("a", bytes("1"));
    assertEquals("1", subscription.next().orElseThrow().text());
    for (String text : List.of("2", "3", "4")) {
      nats.publish("a", bytes(text));
      nats.flush();
    }
    assertEquals("4", subscription.next().orElseThrow().text());
  }

  @Test
  void aMessageThatNextReturnedIsHandled() {
    Subscription<NatsMessage> subscription = nats.subscribe("a");
    nats.publish("a", bytes("1"));
    assertEquals("1", subscription.next().orElseThrow().text());
    assertEquals(0, subscription.pendingMessages());
    subscription.drain(Duration.ofSeconds(10));
    assertTrue(subscription.next().isEmpty());
  }

  @Test
  void drainingWithoutATakerEndsByItsTimeout() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(1);
    Duration timeout = Duration.ofMillis(20);
    assertThrows(DrainTimeoutException.class, () -> subscription.drain(timeout));
    assertEquals(Optional.empty(), subscription.next());
  }

  @Test
  void closingForgetsWhatWaits() {
    Subscription<NatsMessage> untouched = nats.subscribe("a.b");
    Subscription<NatsMessage> asked = nats.subscribe("a.b");
    assertEquals(Optional.empty(), asked.next(Duration.ZERO));
    Subscription<NatsMessage> inHand = nats.subscribe("a.b");
    publish(3);
    inHand.next();
    for (Subscription<NatsMessage> subscription : List.of(untouched, asked, inHand)) {
      subscription.close();
      subscription.close();
      assertEquals(Optional.empty(), subscription.next());
      assertEquals(0, subscription.pendingMessages());
      subscription.drain(LONG);
    }
    assertEquals(0, nats.stats().subscriptions());
  }

  @Test
  void severalThreadsShareTheMessages() throws Exception {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    List<CompletableFuture<List<String>>> takings = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      takings.add(
          CompletableFuture.supplyAsync(
              () -> subscription.stream().map(NatsMessage::text).toList()));
    }
    publish(1_000);
    subscription.unsubscribe();
    List<String> all = new ArrayList<>();
    for (var taking : takings) all.addAll(taking.get(10, TimeUnit.SECONDS));
    assertEquals(1_000, all.size());
    assertEquals(1_000, all.stream().distinct().count());
  }

  @Test
  void whatIsSlowLosesWhatItsPolicySays() throws Exception {
    LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
    nats.onEvent(events::add);
    Subscription<NatsMessage> newest = subscribe(new Overflow.DropNewest(2));
    Subscription<NatsMessage> oldest = subscribe(new Overflow.DropOldest(2));
    Subscription<NatsMessage> latest = subscribe(Overflow.Latest.INSTANCE);
    Subscription<NatsMessage> failing = subscribe(new Overflow.Fail(2));
    publish(4);
    assertEquals(NatsEvent.SlowConsumer.class, taken(events).getClass());
    assertEquals(List.of("0", "1"), texts(newest, 2));
    assertEquals(List.of("2", "3"), texts(oldest, 2));
    assertEquals(List.of("3"), texts(latest, 1));
    assertEquals(List.of("0", "1"), texts(failing, 2));
    assertThrows(SlowConsumerException.class, failing::next);
    assertEquals(Optional.empty(), failing.next());
    assertEquals(2, newest.droppedMessages());
    assertEquals(2, oldest.droppedMessages());
  }

  private Subscription<NatsMessage> subscribe(Overflow overflow) {
    return nats.subscribe(SUBJECT, SubscribeOptions.defaults().withOverflow(overflow));
  }

  @Test
  void theEndOfTheConnectionIsTheEndAfterWhatWasReceived() {
    Subscription<NatsMessage> subscription = nats.subscribe("a.b");
    publish(2);
    nats.close();
    assertEquals(List.of("0", "1"), texts(subscription, 2));
    assertEquals(Optional.empty(), subscription.next());
  }

  @Test
  void eachSubscriberOfMessagesSubscribesForItself() throws Exception {
    AskingSubscriber<NatsMessage> first = new AskingSubscriber<>();
    AskingSubscriber<NatsMessage> second = new AskingSubscriber<>();
    var messages = nats.messages("a.b");
    assertEquals(0, nats.stats().subscriptions());
    messages.subscribe(first);
    messages.subscribe(second);
    assertEquals(2, nats.stats().subscriptions());
    publish(1);
    for (var subscriber : List.of(first, second)) {
      subscriber.request(Long.MAX_VALUE);
      assertEquals("0", subscriber.element().text());
    }
    first.cancel();
    await(() -> nats.stats().subscriptions() == 1);
    nats.close();
    assertEquals(Optional.empty(), second.end());
  }
}
