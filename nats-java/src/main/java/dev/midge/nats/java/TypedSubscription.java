package dev.midge.nats.java;

import dev.midge.nats.Subject;
import dev.midge.nats.serialization.TypedMessage;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages have values: those that decode, in the order of their arrival. All
 * that is said of {@link Subscription} holds.
 *
 * <p>What does not decode is counted, and ends the subscription only if {@link Undecodable#fail}
 * was asked for.
 *
 * @param <T> the type of the values.
 */
public final class TypedSubscription<T> implements Iterable<TypedMessage<T>>, AutoCloseable {
  private final dev.midge.nats.serialization.TypedSubscription<T> core;
  private final CoroutineDispatcher dispatcher;
  private final Subscription untyped;
  private final MessagePull<TypedMessage<T>> messages;

  TypedSubscription(
      dev.midge.nats.serialization.TypedSubscription<T> core, CoroutineDispatcher dispatcher) {
    this.core = core;
    this.dispatcher = dispatcher;
    untyped = new Subscription(core.getSubscription(), dispatcher);
    messages = MessagePull.of(flowOf(core));
  }

  /**
   * The subscription beneath: its counts, and its end by {@code unsubscribe} and {@code drain}. Its
   * messages are taken through this one.
   *
   * @return the subscription.
   */
  public Subscription untyped() {
    return untyped;
  }

  /**
   * Messages so far that did not decode, whatever was done with them.
   *
   * @return how many.
   */
  public long undecodableMessages() {
    return core.getUndecodableMessages();
  }

  /**
   * Those of them that were published to the subject of {@link Undecodable#deadLetter}.
   *
   * @return how many.
   */
  public long deadLetters() {
    return core.getDeadLetters();
  }

  /**
   * Waits for the next value; see {@link Subscription#next()}.
   *
   * @return the value, or empty when the subscription has ended.
   */
  public Optional<TypedMessage<T>> next() {
    return Optional.ofNullable(messages.next());
  }

  /**
   * Waits for the next value, but no longer than {@code timeout}; see {@link
   * Subscription#next(Duration)}.
   *
   * @param timeout how long to wait.
   * @return the value, or empty when the time is over or the subscription has ended.
   */
  public Optional<TypedMessage<T>> next(Duration timeout) {
    return Optional.ofNullable(messages.poll(Nanos.of(timeout)));
  }

  /** Iterates over the values as they come, until the subscription has ended. */
  @Override
  public Iterator<TypedMessage<T>> iterator() {
    return new PulledIterator<>(messages::next);
  }

  /**
   * The values as they come, until the subscription has ended. Sequential; closing the stream
   * unsubscribes.
   *
   * @return the stream.
   */
  public Stream<TypedMessage<T>> stream() {
    return PulledIterator.stream(messages::next, this::close);
  }

  /**
   * The values for one reactive subscriber; see {@link Subscription#publisher}.
   *
   * @return the publisher.
   */
  public Flow.Publisher<TypedMessage<T>> publisher() {
    return new FlowPublisher<>(flowOf(core), dispatcher);
  }

  /**
   * Ends the subscription and forgets what waits to be taken; a handler still gets what was
   * received. Idempotent.
   */
  @Override
  public void close() {
    untyped.unsubscribe();
    messages.discard();
  }

  /** See {@link Handlers#ofTyped(TypedMessageHandler)}. */
  @SuppressWarnings("unchecked")
  static <T> kotlinx.coroutines.flow.Flow<TypedMessage<T>> flowOf(
      kotlinx.coroutines.flow.Flow<? extends TypedMessage<? extends T>> flow) {
    return (kotlinx.coroutines.flow.Flow<TypedMessage<T>>) flow;
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
   * Whether the server may still deliver to this subscription.
   *
   * @return whether it may.
   */
  public boolean isActive() {
    return core.isActive();
  }

  /**
   * Ends the subscription after a number of messages counted from its beginning, those that do not
   * decode included; see {@link Subscription#unsubscribe(long)}.
   *
   * @param afterMessages the number; 0 ends it at once.
   */
  public void unsubscribe(long afterMessages) {
    untyped.unsubscribe(afterMessages);
  }

  /**
   * Ends the subscription without losing a message; see {@link Subscription#drain(Duration)}.
   *
   * @param timeout how long to wait; {@code null} takes the drain timeout of the options.
   */
  public void drain(@Nullable Duration timeout) {
    untyped.drain(timeout);
  }

  @Override
  public String toString() {
    return core.toString();
  }
}
