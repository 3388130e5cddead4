package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Overflow;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.MessagePull;
import dev.midge.nats.java.internal.PulledIterator;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.TypedSubscription;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * A subscription, and its messages in the order of their arrival.
 *
 * <p>Without a handler they are taken from here: one at a time by {@link #next}, by iterating, as a
 * {@link #stream}, or by a reactive {@link #publisher}; several threads may take from one
 * subscription, and each message goes to one of them. All but the publisher may be mixed. A message
 * counts as handled when {@link #next} returns it; in a loop or stream, with the policies {@code
 * DropOldest} and {@code Latest}, and if it has a value, when the next one is asked for. Close a
 * subscription that is not read to its end before draining the connection, which would wait for
 * somebody to take the rest. A subscription with a handler has its messages taken already.
 *
 * <p>When the subscription has ended, by {@link #unsubscribe}, {@link #drain} or an orderly close
 * of the connection, what was received before is still there to be taken, and then there is nothing
 * more. If the connection was lost for good, the server refused the subscription, or {@code
 * Overflow.Fail} ran over, taking throws that failure once.
 *
 * <p>A subscription to a {@link TypedSubject} has the messages that decode. What does not decode is
 * counted, and treated as {@link SubscribeOptions#undecodable} says.
 *
 * <p>All members may be called from any thread.
 *
 * @param <M> what its messages are: {@code NatsMessage}, or {@code TypedMessage} of a {@link
 *     TypedSubject}.
 */
public final class Subscription<M> implements Iterable<M>, AutoCloseable {
  private final dev.midge.nats.Subscription core;
  private final @Nullable TypedSubscription<?> typed;
  private final kotlinx.coroutines.flow.Flow<M> flow;
  private final CoroutineDispatcher dispatcher;
  private final MessagePull<M> messages;
  private final boolean isDoneWhenTaken;

  private Subscription(
      dev.midge.nats.Subscription core,
      @Nullable TypedSubscription<?> typed,
      kotlinx.coroutines.flow.Flow<M> flow,
      NatsOptions options,
      boolean isDoneWhenTaken) {
    this.core = core;
    this.typed = typed;
    this.flow = flow;
    dispatcher = Lives.dispatcher(options);
    messages = typed == null ? MessagePull.inPlace(flow) : MessagePull.of(flow);
    this.isDoneWhenTaken = isDoneWhenTaken;
  }

  /** One with a handler. */
  static Subscription<NatsMessage> handled(dev.midge.nats.Subscription core, NatsOptions options) {
    return new Subscription<>(core, null, core, options, false);
  }

  /** One whose messages are taken from it. */
  static Subscription<NatsMessage> taken(
      dev.midge.nats.Subscription core, NatsOptions options, SubscribeOptions own) {
    Overflow overflow = own.overflow() != null ? own.overflow() : options.overflow();
    boolean evicts = overflow instanceof Overflow.DropOldest || overflow instanceof Overflow.Latest;
    return new Subscription<>(core, null, core, options, !evicts);
  }

  /** One whose messages have values, with a handler or without. */
  static <T> Subscription<TypedMessage<T>> typed(TypedSubscription<T> core, NatsOptions options) {
    return new Subscription<>(
        core.getSubscription(), core, TypedSubject.flowOf(core), options, false);
  }

  /**
   * What is subscribed to, wildcards included.
   *
   * @return the subject.
   */
  public Subject subject() {
    return core.getSubject();
  }

  /**
   * The queue group whose members share the messages.
   *
   * @return its name, if there is one.
   */
  public Optional<String> queueGroup() {
    return Optional.ofNullable(core.getQueueGroup());
  }

  /**
   * Tells this subscription from all others of this program, those that share its {@link #sid} too:
   * events name it.
   *
   * @return the number.
   */
  public long id() {
    return core.getId();
  }

  /**
   * The subscription id on the wire.
   *
   * @return the id.
   */
  public long sid() {
    return core.getSid();
  }

  /**
   * Whether the server may still deliver to this subscription.
   *
   * @return whether it may.
   */
  public boolean isActive() {
    return core.isActive();
  }

  /**
   * Messages that wait to be taken or handled.
   *
   * @return how many.
   */
  public long pendingMessages() {
    return core.getPendingMessages();
  }

  /**
   * Payload and header bytes that wait to be taken or handled.
   *
   * @return how many.
   */
  public long pendingBytes() {
    return core.getPendingBytes();
  }

  /**
   * Messages received from the server so far, those dropped included.
   *
   * @return how many.
   */
  public long receivedMessages() {
    return core.getReceivedMessages();
  }

  /**
   * Messages dropped so far because they were not taken fast enough.
   *
   * @return how many.
   */
  public long droppedMessages() {
    return core.getDroppedMessages();
  }

  /**
   * Messages so far that did not decode, whatever was done with them.
   *
   * @return how many; 0 without a codec.
   */
  public long undecodableMessages() {
    return typed == null ? 0 : typed.getUndecodableMessages();
  }

  /**
   * Those of them that were published to the subject of {@code Undecodable.DeadLetter}.
   *
   * @return how many.
   */
  public long deadLetters() {
    return typed == null ? 0 : typed.getDeadLetters();
  }

  /**
   * Waits for the next message.
   *
   * @return the message, or empty when the subscription has ended.
   * @throws CallInterruptedException if the thread is interrupted; no message is lost.
   * @throws IllegalStateException if a handler or a publisher takes the messages.
   */
  public Optional<M> next() {
    return inHand(messages.next());
  }

  /**
   * Waits for the next message, but no longer than {@code timeout}.
   *
   * @param timeout how long to wait; zero to take only what is there. When a wait runs out, the
   *     next message to arrive is the one to be returned next, whatever comes after it.
   * @return the message, or empty when the time is over or the subscription has ended; {@link
   *     #isActive} and {@link #pendingMessages} tell which.
   * @throws CallInterruptedException if the thread is interrupted; no message is lost.
   * @throws IllegalStateException if a handler or a publisher takes the messages.
   */
  public Optional<M> next(Duration timeout) {
    return inHand(messages.poll(timeout));
  }

  /** Iterates over the messages as they come, until the subscription has ended. */
  @Override
  public Iterator<M> iterator() {
    return new PulledIterator<>(messages::next);
  }

  /**
   * The messages as they come, until the subscription has ended. Sequential; closing the stream
   * unsubscribes.
   *
   * @return the stream.
   */
  public Stream<M> stream() {
    return PulledIterator.stream(messages::next, this::close);
  }

  /**
   * The messages as they come, until none has come for {@code timeout} or the subscription has
   * ended. Closing the stream unsubscribes.
   *
   * @param timeout how long to wait for each message.
   * @return the stream.
   */
  public Stream<M> stream(Duration timeout) {
    return PulledIterator.stream(() -> messages.poll(timeout), this::close);
  }

  /**
   * The messages for one reactive subscriber, who gets as many as it asks for; the others wait, as
   * the subscription's policy says. Cancelling unsubscribes.
   *
   * @return the publisher; a second subscriber is told an {@code IllegalStateException}.
   */
  public Flow.Publisher<M> publisher() {
    return new FlowPublisher<>(flow, dispatcher);
  }

  /**
   * Ends the subscription. What was received before can still be taken, or is still handled.
   * Idempotent.
   */
  public void unsubscribe() {
    unsubscribe(0);
  }

  /**
   * Ends the subscription after a number of messages counted from its beginning; at once if that
   * many have been received. The count is exact.
   *
   * @param afterMessages the number; 0 ends it at once.
   * @throws IllegalArgumentException if the number is negative.
   */
  public void unsubscribe(long afterMessages) {
    BlockingCall.await(c -> core.unsubscribe(afterMessages, c));
  }

  /**
   * Ends the subscription without losing a message: tells the server, waits until all that was
   * under way has arrived, and returns when the last of it has been handled; if there is no
   * handler, taken by other threads.
   *
   * @param timeout how long to wait; {@code null} takes the drain timeout of the options.
   * @throws dev.midge.nats.DrainTimeoutException if that was not done in time; what waits is
   *     discarded.
   * @throws CallInterruptedException if the thread is interrupted; the subscription is
   *     unsubscribed, and what waits may be discarded.
   */
  public void drain(@Nullable Duration timeout) {
    BlockingCall.await(c -> Timed.drain(core, timeout, c));
  }

  /**
   * Waits until the subscription has ended and its handler, or the thread that takes the messages,
   * is done with the last one. A handler that runs inline may still be at it.
   *
   * @throws dev.midge.nats.NatsException what ended it before its time: the loss of the connection,
   *     a refusal by the server, or that it ran over.
   * @throws CallInterruptedException if the thread is interrupted meanwhile.
   */
  public void awaitEnd() {
    BlockingCall.await(c -> core.awaitEnd(c));
  }

  /** Ends the subscription without losing a message; see {@link #drain(Duration)}. */
  public void drain() {
    drain(null);
  }

  /**
   * Ends the subscription without losing a message; see {@link #drain(Duration)}.
   *
   * @param timeout how long it may take; {@code null} takes the drain timeout of the options.
   * @return completes when it is drained. Cancelling it leaves the subscription unsubscribed, and
   *     what waits may be discarded.
   */
  public CompletableFuture<@Nullable Void> drainAsync(@Nullable Duration timeout) {
    return Coroutines.futureVoid(dispatcher, c -> Timed.drain(core, timeout, c));
  }

  /**
   * Ends the subscription and forgets what waits to be taken; a handler still gets what was
   * received. Idempotent.
   */
  @Override
  public void close() {
    unsubscribe();
    messages.discard();
  }

  /**
   * Who takes single messages need not say when they are done with the last one. To say it for them
   * is to ask for the next message, which could not be evicted any more, or would be decoded early.
   */
  private Optional<M> inHand(@Nullable M message) {
    if (message != null && isDoneWhenTaken) messages.handled();
    return Optional.ofNullable(message);
  }

  @Override
  public String toString() {
    return typed == null ? core.toString() : typed.toString();
  }
}
