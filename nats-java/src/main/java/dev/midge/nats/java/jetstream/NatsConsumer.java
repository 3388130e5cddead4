package dev.midge.nats.java.jetstream;

import dev.midge.nats.NatsException;
import dev.midge.nats.java.MessageHandler;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.StreamCalls;
import dev.midge.nats.java.internal.Threads;
import dev.midge.nats.jetstream.ConsumeOptions;
import dev.midge.nats.jetstream.ConsumerInfo;
import dev.midge.nats.jetstream.PullOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;
import kotlinx.coroutines.Dispatchers;
import org.jspecify.annotations.Nullable;

/**
 * One consumer, by its name. A handle: the consumer may be changed or deleted by anybody meanwhile.
 * All methods may be called from any thread.
 *
 * <p>Every method throws {@link dev.midge.nats.jetstream.ConsumerNotFoundException} if there is no
 * such consumer, and what {@link dev.midge.nats.jetstream.JetStreamException} lists.
 */
public final class NatsConsumer {
  private final dev.midge.nats.jetstream.NatsConsumer consumer;

  NatsConsumer(dev.midge.nats.jetstream.NatsConsumer consumer) {
    this.consumer = consumer;
  }

  /**
   * Its name.
   *
   * @return the name.
   */
  public String name() {
    return consumer.name();
  }

  /**
   * What the server says of it now.
   *
   * @return the consumer.
   */
  public ConsumerInfo info() {
    return BlockingCall.await(c -> consumer.info(c));
  }

  /** Removes it. Whoever pulls from it is told. */
  public void delete() {
    BlockingCall.await(c -> consumer.delete(c));
  }

  /**
   * Has it deliver nothing for a while. Needs nats-server 2.11.
   *
   * @param until the end of the pause.
   * @return whether it is paused now, which it is not if that time has passed.
   */
  public boolean pause(Instant until) {
    return BlockingCall.<Boolean>await(c -> consumer.pause(until, c));
  }

  /** Ends a pause. */
  public void resume() {
    BlockingCall.await(c -> consumer.resume(c));
  }

  /**
   * Lets another client of a priority group be served than the one that is pinned. Needs
   * nats-server 2.11.
   *
   * @param group the group.
   */
  public void unpin(String group) {
    BlockingCall.await(c -> consumer.unpin(group, c));
  }

  /**
   * Has it deliver again what is not acknowledged. Needs nats-server 2.14.
   *
   * @return the consumer as it is then.
   */
  public ConsumerInfo reset() {
    return BlockingCall.await(c -> consumer.reset(null, c));
  }

  /**
   * Has it deliver again from a message on. Needs nats-server 2.14.
   *
   * @param sequence the message's sequence in the stream.
   * @return the consumer as it is then.
   */
  public ConsumerInfo reset(long sequence) {
    return BlockingCall.await(c -> consumer.reset(sequence, c));
  }

  /**
   * The next message, or nothing if none comes in time. An interrupt leaves no pull; a message that
   * was on its way is delivered again.
   *
   * @param within how long the server waits for one; where it is silent, the call ends a second
   *     later.
   * @return the message.
   */
  public Optional<JetStreamMessage> next(Duration within) {
    return next(within, null);
  }

  /**
   * As the one without a group.
   *
   * @param within how long the server waits for one; where it is silent, the call ends a second
   *     later.
   * @param group the priority group to pull by, for a consumer that has some. With the policy
   *     {@code PINNED_CLIENT} each call is another client.
   * @return the message.
   */
  public Optional<JetStreamMessage> next(Duration within, @Nullable String group) {
    return Optional.ofNullable(
            BlockingCall.<dev.midge.nats.jetstream.JetStreamMessage>await(
                c -> StreamCalls.next(consumer, within, group, c)))
        .map(JetStreamMessage::new);
  }

  /**
   * The next messages: as many as are asked for, or fewer if no more come in time, or if something
   * fails after the first of them.
   *
   * @param max how many at most.
   * @param within how long the server waits for all of them.
   * @return the messages, each to be acknowledged.
   */
  public List<JetStreamMessage> fetch(int max, Duration within) {
    return fetch(max, within, 0);
  }

  /**
   * As {@link #fetch}, with a limit of bytes.
   *
   * @param max how many at most.
   * @param within how long the server waits for all of them.
   * @param maxBytes how many bytes they may have, as the server counts them: payload, headers and
   *     both subjects.
   * @return the messages, each to be acknowledged.
   * @throws dev.midge.nats.jetstream.PullRefusedException if the first message has more.
   */
  public List<JetStreamMessage> fetch(int max, Duration within, int maxBytes) {
    return fetch(max, within, maxBytes, false, null);
  }

  /**
   * The messages that are there now, and no others.
   *
   * @param max how many at most.
   * @return the messages, each to be acknowledged.
   */
  public List<JetStreamMessage> fetchAvailable(int max) {
    return fetch(max, Duration.ofSeconds(5), 0, true, null);
  }

  /**
   * As {@link #fetch(int, Duration, int)}, with all that a pull may say.
   *
   * @param max how many at most.
   * @param within how long the server waits for all of them.
   * @param maxBytes how many bytes they may have, as the server counts them; 0 is without a limit.
   * @param noWait whether to take only what is there.
   * @param group the priority group to pull by, for a consumer that has some. With the policy
   *     {@code PINNED_CLIENT} each call is another client.
   * @return the messages, each to be acknowledged.
   * @throws dev.midge.nats.jetstream.PullRefusedException if the first message has more bytes, or
   *     the consumer does not allow such a pull.
   */
  public List<JetStreamMessage> fetch(
      int max, Duration within, int maxBytes, boolean noWait, @Nullable String group) {
    return taken(StreamCalls.fetch(consumer, max, within, maxBytes, noWait, group));
  }

  private static List<JetStreamMessage> taken(
      kotlinx.coroutines.flow.Flow<dev.midge.nats.jetstream.JetStreamMessage> messages) {
    List<JetStreamMessage> taken = new ArrayList<>();
    try (Stream<JetStreamMessage> all = Pulled.stream(Flows.map(messages, JetStreamMessage::new))) {
      all.forEach(taken::add);
    } catch (NatsException e) {
      // What has come is the caller's to acknowledge; the next call fails if this goes on.
      if (taken.isEmpty()) throw e;
    }
    return taken;
  }

  /**
   * All messages from now on, for a library that subscribes: more are pulled as they are requested.
   * Each subscriber pulls for itself. Survives lost links, restarts of servers and changes of
   * leaders.
   *
   * @param options how to pull.
   * @return the messages, without an end; each to be acknowledged.
   * @throws dev.midge.nats.jetstream.ConsumerEndedException to subscribers, if the consumer is
   *     deleted, alone or with its stream.
   */
  public Flow.Publisher<JetStreamMessage> publisher(PullOptions options) {
    return new FlowPublisher<>(
        Flows.map(consumer.messages(options), JetStreamMessage::new), Dispatchers.getIO());
  }

  /**
   * As the one with options, with the defaults.
   *
   * @return the messages, without an end; each to be acknowledged.
   */
  public Flow.Publisher<JetStreamMessage> publisher() {
    return publisher(PullOptions.builder().build());
  }

  /**
   * What a push consumer delivers, for consumers that have a deliver subject already; new ones are
   * better pulled from. Each subscriber listens for itself: without a deliver group each gets
   * everything. With flow control the server sends no more than is requested and fits here.
   * Survives lost links, restarts of servers and changes of leaders.
   *
   * @return the messages, without an end; to be acknowledged as the consumer is configured.
   * @throws dev.midge.nats.jetstream.ConsumerEndedException to subscribers, if the consumer is
   *     deleted, or delivers to another subject.
   * @throws IllegalArgumentException to subscribers, if it is a consumer to be pulled from.
   */
  public Flow.Publisher<JetStreamMessage> pushed() {
    return new FlowPublisher<>(
        Flows.map(consumer.pushed(), JetStreamMessage::new), Dispatchers.getIO());
  }

  /**
   * Handles all messages from now on, one after the other, on a thread for work that blocks. See
   * the one with all arguments.
   *
   * @param handler handles one message.
   * @return what ends it.
   */
  public Consuming consume(MessageHandler<JetStreamMessage> handler) {
    return consume(1, handler);
  }

  /**
   * Handles all messages from now on, those of one subject one after the other. See the one with
   * all arguments.
   *
   * @param parallelism how many are handled at a time.
   * @param handler handles one message.
   * @return what ends it.
   */
  public Consuming consume(int parallelism, MessageHandler<JetStreamMessage> handler) {
    return consume(parallelism, ConsumeOptions.builder().build(), handler);
  }

  /**
   * As the one without options.
   *
   * @param parallelism how many are handled at a time.
   * @param options how messages are pulled, retried and given up.
   * @param handler handles one message.
   * @return what ends it.
   */
  public Consuming consume(
      int parallelism, ConsumeOptions options, MessageHandler<JetStreamMessage> handler) {
    return consume(parallelism, JetStreamMessage::subject, options, Threads.FOR_BLOCKING, handler);
  }

  /**
   * Handles all messages from now on, and acknowledges them by how the handler ends.
   *
   * <ul>
   *   <li>Messages of one key are handled one after the other, in the order of the stream: a later
   *       one waits until an earlier one that failed has been delivered again.
   *   <li>A handler that returns acknowledges its message. One that throws has it delivered again
   *       after the delay of the options; a {@code PoisonMessageException} has it never delivered
   *       again, as does the last of the deliveries that the options allow, and a message that does
   *       not decode ({@link JetStreamMessage#value} has thrown, in the handler or in {@code
   *       keyOf}): it never will.
   *   <li>While a message waits here or is being handled, the consumer is told so at half of its
   *       time for acknowledgements.
   *   <li>A handler may acknowledge its message itself, in any way: nothing is said after it.
   * </ul>
   *
   * @param parallelism how many are handled at a time.
   * @param keyOf what has to be handled in order. Has to return at once.
   * @param options how messages are pulled, retried and given up.
   * @param executor where handlers run.
   * @param handler handles one message; it may block.
   * @return what ends it.
   * @throws IllegalArgumentException if the consumer does not expect an acknowledgement for each
   *     message.
   */
  public Consuming consume(
      int parallelism,
      Function<JetStreamMessage, Object> keyOf,
      ConsumeOptions options,
      Executor executor,
      MessageHandler<JetStreamMessage> handler) {
    MessageHandler<dev.midge.nats.jetstream.JetStreamMessage> unwrapping =
        message -> handler.onMessage(new JetStreamMessage(message));
    return new Consuming(
        BlockingCall.await(
            c ->
                consumer.consume(
                    parallelism,
                    message -> keyOf.apply(new JetStreamMessage(message)),
                    options,
                    Handlers.suspending(unwrapping, executor),
                    c)));
  }

  @Override
  public String toString() {
    return consumer.toString();
  }
}
