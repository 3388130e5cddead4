package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.ConnectionClosedException;
import dev.midge.nats.ConnectionState;
import dev.midge.nats.Headers;
import dev.midge.nats.InvalidSubjectException;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.PayloadTooLargeException;
import dev.midge.nats.Reply;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operations as futures. */
abstract class AsyncBehaviour extends Behaviour {
  private static final Subject SUBJECT = new Subject("a.b");

  private NatsAsyncClient async;

  AsyncBehaviour(Callable<TestServer> start) {
    super(start);
  }

  @BeforeEach
  void view() {
    async = nats.async();
  }

  private static <T> T result(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  private static <E extends NatsException> E failure(Class<E> type, CompletableFuture<?> future) {
    return type.cast(assertThrows(ExecutionException.class, () -> result(future)).getCause());
  }

  @Test
  void publishingInAllModes() throws Exception {
    Subscription<NatsMessage> all =
        result(async.subscribe(new Subject("a.>"), SubscribeOptions.defaults()));
    Headers headers = Headers.of("A", "1");
    assertTrue(async.publish("a.b", bytes("1")).isDone());
    assertTrue(async.publish(SUBJECT, bytes("2")).isDone());
    result(async.publish(SUBJECT, bytes("3"), headers, new Subject("r")));
    result(async.publish(SUBJECT, ByteBuffer.wrap(bytes("4")), headers, null));
    result(async.publish(new OutgoingMessage(SUBJECT, bytes("5"))));
    result(async.publish(SUBJECT, bytes("-6-"), 1, 1));
    result(async.publishWritten(SUBJECT, bytes("7")));
    result(async.publishBatch(batch -> batch.publish(SUBJECT, bytes("8"))));
    result(async.publishAll(List.of(new OutgoingMessage(SUBJECT, bytes("9")))));
    assertEquals(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9"), texts(all, 9));
  }

  @Test
  void failuresAreThoseOfTheFuture() {
    byte[] large = new byte[2 * 1024 * 1024];
    failure(PayloadTooLargeException.class, async.publish(SUBJECT, large));
    failure(PayloadTooLargeException.class, async.publishWritten(SUBJECT, large));
    Subject wildcard = new Subject("a.*");
    failure(InvalidSubjectException.class, async.publish(wildcard, bytes("x")));
    failure(InvalidSubjectException.class, async.request(wildcard, bytes("x")));
    failure(NoRespondersException.class, async.request("nobody", bytes("x")));
    nats.close();
    failure(ConnectionClosedException.class, async.publish(SUBJECT, bytes("x")));
    failure(ConnectionClosedException.class, async.ping(null));
    failure(ConnectionClosedException.class, async.subscribe("a", message -> {}));
  }

  /** No call that returns a future throws: whoever chains to it has one place for failures. */
  @Test
  void whatIsNoArgumentFailsTheFutureToo() {
    String none = "a b";
    byte[] payload = bytes("x");
    List.of(
            async.publish(none, payload),
            async.publish(none, "x"),
            async.publish(none, payload, 0, 1),
            async.publish(none, ByteBuffer.wrap(payload)),
            async.publish(SUBJECT, payload, Headers.Empty, none),
            async.publishWritten(none, payload),
            async.publishBatch(batch -> batch.publish(none, payload)),
            async.subscribe(none),
            async.subscribe(none, message -> {}),
            async.subscribeInline(none, message -> {}),
            async.request(none, payload),
            async.request(none, payload, LONG),
            async.respond(none, NatsMessage::payload),
            async.respondWith(none, request -> new Reply(payload)))
        .forEach(future -> failure(InvalidSubjectException.class, future));
    assertThrows(
        ExecutionException.class, () -> result(async.publish(SUBJECT, payload, 1, 1)), "part");
    assertThrows(
        ExecutionException.class, () -> result(async.reply(new NatsMessage("a", payload), "x")));
    assertThrows(ExecutionException.class, () -> result(async.subscribe(SUBJECT, handler())));
  }

  private static MessageHandler<NatsMessage> handler() {
    return null;
  }

  @Test
  void subscribingWithHandlers() throws Exception {
    LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
    result(async.subscribe("a.b", message -> handled.add(message.text())));
    SubscribeOptions group = SubscribeOptions.inGroup("group");
    result(async.subscribe(SUBJECT, group, message -> handled.add(message.text())));
    result(async.subscribeInline(SUBJECT, group.withQueueGroup(null), m -> handled.add(m.text())));
    result(async.publish(SUBJECT, bytes("x")));
    for (int i = 0; i < 3; i++) assertEquals("x", taken(handled));
  }

  @Test
  void requestsAndReplies() throws Exception {
    result(async.respond(SUBJECT, SubscribeOptions.defaults(), NatsMessage::payload));
    result(
        async.respondWith(
            new Subject("with"),
            SubscribeOptions.defaults(),
            request -> new Reply(request.payload(), Headers.of("A", "1"))));
    assertEquals("x", result(async.request("a.b", bytes("x"))).text());
    assertEquals("x", result(async.request(SUBJECT, bytes("x"), Headers.Empty, LONG)).text());
    assertEquals("1", result(async.request("with", bytes("x"))).headers().get("A"));
    AskingSubscriber<NatsMessage> replies = new AskingSubscriber<>();
    RequestManyLimits one = RequestManyLimits.builder().maxMessages(1).build();
    async.requestMany(SUBJECT, bytes("x"), Headers.Empty, one).subscribe(replies);
    replies.request(Long.MAX_VALUE);
    assertEquals("x", replies.element().text());
    assertTrue(replies.end().isEmpty());
  }

  @Test
  void messagesAndRoundTrips() throws Exception {
    AskingSubscriber<NatsMessage> messages = new AskingSubscriber<>();
    async.blocking().messages(SUBJECT).subscribe(messages);
    messages.request(1);
    result(async.publish(SUBJECT, bytes("x")));
    assertEquals("x", messages.element().text());
    assertFalse(result(async.flush()).isNegative());
    assertFalse(result(async.ping(LONG)).isNegative());
  }

  @Test
  void whatIsChainedRunsInTheExecutorOfTheOptions() throws Exception {
    ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
    CountDownLatch chained = new CountDownLatch(1);
    NatsOptions options = NatsOptions.builder().servers(server.url()).executor(own).build();
    NatsAsyncClient other = result(NatsAsyncClient.connect(options));
    try {
      nats.respond(
          "late",
          request -> {
            assertTrue(chained.await(10, TimeUnit.SECONDS));
            return bytes("x");
          });
      nats.flush();
      CompletableFuture<String> thread =
          other.request("late", bytes("x")).thenApply(reply -> HandlerBehaviour.threadName());
      chained.countDown();
      assertEquals("own", result(thread));
    } finally {
      result(other.close());
      own.shutdown();
    }
  }

  @Test
  void aConnectionIsTheSameByBothViews() throws Exception {
    assertSame(nats, async.blocking());
    assertSame(async, nats.async());
    assertEquals(nats.toString(), async.toString());
    result(async.connect());
    result(async.reconnect());
    assertEquals(2, nats.stats().connects());
    result(async.drain(LONG));
    assertEquals(ConnectionState.Closed, nats.state());
    result(async.close());
    result(async.close());
  }

  @Test
  void drainingASubscriptionLosesNothing() throws Exception {
    Subscription<NatsMessage> subscription =
        result(async.subscribe(SUBJECT, SubscribeOptions.defaults()));
    result(async.publish(SUBJECT, bytes("x")));
    CompletableFuture<?> draining = subscription.drainAsync(Duration.ofMinutes(1));
    assertEquals(1, subscription.stream().count());
    result(draining);
  }
}
