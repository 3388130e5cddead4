package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions whose messages are handled. */
abstract class HandlerBehaviour extends Behaviour {
  private static final Subject SUBJECT = new Subject("a.b");

  private LinkedBlockingQueue<String> handled;

  HandlerBehaviour(Callable<TestServer> start) {
    super(start);
  }

  @BeforeEach
  void forget() {
    handled = new LinkedBlockingQueue<>();
  }

  @Test
  void messagesAreHandledInOrderAndOneAfterTheOther() throws Exception {
    AtomicInteger inHandler = new AtomicInteger();
    nats.subscribe(
        "a.*",
        message -> {
          assertEquals(1, inHandler.incrementAndGet());
          Thread.yield();
          handled.add(message.text());
          inHandler.decrementAndGet();
        });
    for (int i = 0; i < 2_000; i++) nats.publish(SUBJECT, bytes(Integer.toString(i)));
    for (int i = 0; i < 2_000; i++) assertEquals(Integer.toString(i), taken(handled));
  }

  @Test
  void asManyMessagesAsAskedForAreHandledAtATimeAndADrainWaitsForThem() throws Exception {
    CountDownLatch three = new CountDownLatch(3);
    var sideBySide =
        nats.subscribe(
            "a.*",
            SubscribeOptions.defaults().withConcurrency(3),
            message -> {
              three.countDown();
              assertTrue(three.await(10, TimeUnit.SECONDS));
              handled.add(message.text());
            });
    for (int i = 0; i < 5; i++) nats.publish(SUBJECT, bytes(Integer.toString(i)));
    sideBySide.drain();
    assertEquals(List.of("0", "1", "2", "3", "4"), handled.stream().sorted().toList());
    assertThrows(
        IllegalArgumentException.class, () -> SubscribeOptions.defaults().withConcurrency(0));
  }

  @Test
  void theEndOfASubscriptionIsAwaited() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    var subscription =
        nats.subscribe(
            "a.*",
            message -> {
              begun.countDown();
              assertTrue(goOn.await(10, TimeUnit.SECONDS));
              handled.add(message.text());
            });
    nats.publish(SUBJECT, bytes("last"));
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    subscription.unsubscribe();
    goOn.countDown();
    subscription.awaitEnd();
    assertEquals("last", handled.poll());
  }

  @Test
  void aDrainByTheOwnHandlerIsRefusedAtOnceOnWhateverThreadItRuns() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      for (SubscribeOptions options :
          List.of(
              SubscribeOptions.defaults(), SubscribeOptions.defaults().withExecutor(executor))) {
        var own = new CompletableFuture<Subscription<NatsMessage>>();
        own.complete(
            nats.subscribe(
                "a.*",
                options,
                message -> {
                  assertThrows(IllegalStateException.class, () -> own.join().drain());
                  assertThrows(IllegalStateException.class, nats::drain);
                  handled.add(message.text());
                }));
        nats.publish(SUBJECT, bytes("refused"));
        assertEquals("refused", taken(handled));
        assertTrue(own.join().isActive());
        own.join().drain();
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void handlersOfDifferentSubscriptionsDoNotWaitForEachOther() throws Exception {
    CountDownLatch all = new CountDownLatch(16);
    for (int i = 0; i < 16; i++) {
      nats.subscribe(
          "a." + i,
          message -> {
            all.countDown();
            assertTrue(all.await(10, TimeUnit.SECONDS));
            handled.add(message.text());
          });
    }
    for (int i = 0; i < 16; i++) nats.publish("a." + i, bytes("x"));
    for (int i = 0; i < 16; i++) assertEquals("x", taken(handled));
  }

  @Test
  void handlersRunOnVirtualThreadsWhereThereAreAny() throws Exception {
    nats.subscribe("a.b", message -> handled.add("" + isVirtual(Thread.currentThread())));
    nats.publish(SUBJECT, bytes("x"));
    assertEquals("" + (Runtime.version().feature() >= 21), taken(handled));
  }

  private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  @Test
  void handlersRunOnTheExecutorOfTheOptionsOrOfTheSubscription() throws Exception {
    ExecutorService general = Executors.newFixedThreadPool(2, task -> new Thread(task, "general"));
    ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
    NatsOptions options = NatsOptions.builder().servers(server.url()).executor(general).build();
    try (NatsClient other = NatsClient.connect(options)) {
      SubscribeOptions onOwn = SubscribeOptions.defaults().withExecutor(own);
      other.subscribe("a.general", message -> handled.add(threadName()));
      other.subscribe(new Subject("a.own"), onOwn, message -> handled.add(threadName()));
      other.respond(new Subject("a.respond"), onOwn, message -> bytes(threadName()));
      other.publish("a.general", bytes("x"));
      assertEquals("general", taken(handled));
      for (int i = 0; i < 100; i++) {
        other.publish("a.own", bytes("x"));
        assertEquals("own", taken(handled));
      }
      assertEquals("own", other.request("a.respond", bytes("x")).text());
    } finally {
      general.shutdown();
      own.shutdown();
    }
    assertTrue(general.awaitTermination(10, TimeUnit.SECONDS));
    assertTrue(own.awaitTermination(10, TimeUnit.SECONDS));
  }

  /** Without what the debug mode of kotlinx.coroutines adds, which assertions turn on. */
  static String threadName() {
    return Thread.currentThread().getName().replaceFirst(" @.*", "");
  }

  @Test
  void aHandlerThatThrowsIsToldAndGetsTheNextMessage() throws Exception {
    assertFailuresAreTold(h -> nats.subscribe("a.b", h));
    assertFailuresAreTold(h -> nats.subscribe("a.b", "group", h));
    assertFailuresAreTold(h -> nats.subscribeInline("a.b", h));
    SubscribeOptions direct = SubscribeOptions.defaults().withExecutor(Runnable::run);
    assertFailuresAreTold(h -> nats.subscribe(SUBJECT, direct, h));
  }

  private void assertFailuresAreTold(
      Function<MessageHandler<NatsMessage>, Subscription<NatsMessage>> subscribe) throws Exception {
    Exception checked = new Exception("checked");
    Error error = new Error("error");
    LinkedBlockingQueue<NatsEvent> events = new LinkedBlockingQueue<>();
    EventRegistration listening = nats.onEvent(events::add);
    Subscription<NatsMessage> subscription =
        subscribe.apply(
            message -> {
              String text = message.text();
              if (text.equals("0")) throw checked;
              if (text.equals("1")) throw error;
              handled.add(text);
            });
    for (int i = 0; i < 3; i++) nats.publish(SUBJECT, bytes("" + i));
    assertEquals("2", taken(handled));
    for (Throwable failure : List.of(checked, error)) {
      NatsEvent.HandlerFailed event = (NatsEvent.HandlerFailed) taken(events);
      assertSame(failure, event.cause());
      assertEquals(subscription.sid(), event.sid());
      assertEquals("a.b", event.subject());
    }
    subscription.unsubscribe();
    listening.close();
  }

  @Test
  void membersOfAQueueGroupShareTheMessages() throws Exception {
    AtomicInteger first = new AtomicInteger();
    nats.subscribe("a.b", "group", message -> handled.add(message.text()));
    Subscription<NatsMessage> second = nats.subscribe("a.b", "group");
    nats.subscribe("a.b", "other", message -> first.incrementAndGet());
    assertEquals("group", second.queueGroup().orElseThrow());
    for (int i = 0; i < 200; i++) nats.publish(SUBJECT, bytes("" + i));
    nats.flush();
    List<String> ofSecond = texts(second, (int) second.receivedMessages());
    List<String> all = new ArrayList<>(ofSecond);
    while (all.size() < 200) all.add(taken(handled));
    assertFalse(ofSecond.isEmpty() || ofSecond.size() == 200, "the server shares at random");
    List<Integer> expected = IntStream.range(0, 200).boxed().toList();
    assertEquals(expected, all.stream().map(Integer::valueOf).sorted().toList());
    second.close();
    nats.drain();
    assertEquals(200, first.get());
    assertTrue(handled.isEmpty());
  }

  @Test
  void anInlineHandlerRunsWhereTheSocketIsRead() throws Exception {
    LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    Subscription<NatsMessage> inline =
        nats.subscribeInline(
            "a.b",
            message -> {
              threads.add(Thread.currentThread());
              handled.add(message.text());
              nats.tryPublish("a.answer", bytes("answer to " + message.text()));
            });
    Subscription<NatsMessage> answers = nats.subscribe("a.answer");
    for (int i = 0; i < 100; i++) nats.publish(SUBJECT, bytes("" + i));
    for (int i = 0; i < 100; i++) assertEquals("" + i, taken(handled));
    assertEquals("answer to 0", texts(answers, 1).get(0));
    assertFalse(isVirtual(taken(threads)));
    assertThrows(IllegalStateException.class, inline::next);
  }

  @Test
  void aSubscriptionWithAHandlerHasNothingToTake() {
    Subscription<NatsMessage> subscription =
        nats.subscribe("a.b", message -> handled.add(message.text()));
    assertThrows(IllegalStateException.class, subscription::next);
  }

  @Test
  void unsubscribingAfterANumberHandlesExactlyThatMany() throws Exception {
    Subscription<NatsMessage> subscription =
        nats.subscribe("a.b", message -> handled.add(message.text()));
    subscription.unsubscribe(3);
    for (int i = 0; i < 10; i++) nats.publish(SUBJECT, bytes("" + i));
    for (int i = 0; i < 3; i++) assertEquals("" + i, taken(handled));
    nats.drain();
    assertTrue(handled.isEmpty());
    assertFalse(subscription.isActive());
  }

  @Test
  void drainingReturnsWhenTheLastMessageIsHandled() {
    CountDownLatch published = new CountDownLatch(1);
    Subscription<NatsMessage> subscription =
        nats.subscribe(
            "a.b",
            message -> {
              assertTrue(published.await(10, TimeUnit.SECONDS));
              handled.add(message.text());
            });
    for (int i = 0; i < 500; i++) nats.publish(SUBJECT, bytes("" + i));
    published.countDown();
    subscription.drain();
    assertEquals(500, handled.size());
    assertEquals(0, nats.stats().subscriptions());
  }
}
