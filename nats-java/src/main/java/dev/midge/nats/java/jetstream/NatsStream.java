package dev.midge.nats.java.jetstream;

import dev.midge.nats.java.Codec;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.jetstream.ConsumerConfigBuilder;
import dev.midge.nats.jetstream.ConsumerInfo;
import dev.midge.nats.jetstream.OrderedConfig;
import dev.midge.nats.jetstream.PurgeOptions;
import dev.midge.nats.jetstream.ReadingValuesKt;
import dev.midge.nats.jetstream.StoredMessage;
import dev.midge.nats.jetstream.StreamConfigBuilder;
import dev.midge.nats.jetstream.StreamInfo;
import dev.midge.nats.jetstream.SubjectCount;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kotlinx.coroutines.Dispatchers;

/**
 * One stream, by its name. A handle: the stream may be made, changed or deleted by anybody
 * meanwhile. All methods may be called from any thread.
 *
 * <p>Every method throws {@link dev.midge.nats.jetstream.StreamNotFoundException} if there is no
 * such stream, and what {@link dev.midge.nats.jetstream.JetStreamException} lists.
 *
 * <p>Messages are read from any server that keeps the stream, if its {@code allowDirect} is set:
 * fast, but what was written a moment ago may not be seen yet, nor what was deleted be gone. The
 * methods called {@code consistent…} ask the leader. Close the streams of messages that are not
 * taken to their end.
 */
public final class NatsStream {
  private final dev.midge.nats.jetstream.NatsStream stream;

  NatsStream(dev.midge.nats.jetstream.NatsStream stream) {
    this.stream = stream;
  }

  /**
   * Its name.
   *
   * @return the name.
   */
  public String name() {
    return stream.name();
  }

  /**
   * The stream as it is now. It answers also while the stream has no leader: no proof of health.
   *
   * @return the stream.
   */
  public StreamInfo info() {
    return BlockingCall.await(c -> stream.info(c));
  }

  /**
   * As {@link #info}, with the sequences of what is missing between the first message and the last.
   *
   * @return the stream.
   */
  public StreamInfo infoWithDeleted() {
    return BlockingCall.await(c -> stream.infoWithDeleted(c));
  }

  /**
   * The subjects with their numbers of messages, by pages of 100,000.
   *
   * @param filter which subjects; {@code >} for all.
   * @return the subjects.
   */
  public Stream<SubjectCount> subjects(String filter) {
    return Pulled.stream(stream.subjects(filter));
  }

  /**
   * Changes what is set, and nothing else: not what others have set.
   *
   * @param changes sets what shall change.
   * @return the stream as it is then.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what
   *     is asked for.
   */
  public StreamInfo update(Consumer<StreamConfigBuilder> changes) {
    return BlockingCall.await(c -> stream.update(Settings.of(changes), c));
  }

  /**
   * Makes the stream unchangeable, for good: nothing can be stored or removed any more.
   *
   * @return the stream as it is then.
   */
  public StreamInfo seal() {
    return BlockingCall.await(c -> stream.seal(c));
  }

  /** Deletes the stream, its messages and its consumers. */
  public void delete() {
    BlockingCall.await(c -> stream.delete(c));
  }

  /**
   * Removes all messages.
   *
   * @return how many.
   */
  public long purge() {
    return purge(PurgeOptions.builder().build());
  }

  /**
   * Removes messages.
   *
   * @param options which.
   * @return how many.
   */
  public long purge(PurgeOptions options) {
    return BlockingCall.<Long>await(c -> stream.purge(options, c));
  }

  /**
   * The message with a sequence, or nothing if there is none, or none any more.
   *
   * @param sequence its place, from 1 on.
   * @return the message.
   */
  public Optional<StoredMessage> message(long sequence) {
    return Optional.ofNullable(BlockingCall.await(c -> stream.message(sequence, false, c)));
  }

  /**
   * As {@link #message}, from the leader.
   *
   * @param sequence its place, from 1 on.
   * @return the message.
   */
  public Optional<StoredMessage> consistentMessage(long sequence) {
    return Optional.ofNullable(BlockingCall.await(c -> stream.message(sequence, true, c)));
  }

  /**
   * The last message of a subject, or nothing if there is none.
   *
   * @param subject the subject, which may have wildcards.
   * @return the message.
   */
  public Optional<StoredMessage> lastMessage(String subject) {
    return Optional.ofNullable(BlockingCall.await(c -> stream.lastMessage(subject, false, c)));
  }

  /**
   * As {@link #lastMessage}, from the leader.
   *
   * @param subject the subject, which may have wildcards.
   * @return the message.
   */
  public Optional<StoredMessage> consistentLastMessage(String subject) {
    return Optional.ofNullable(BlockingCall.await(c -> stream.lastMessage(subject, true, c)));
  }

  /**
   * The first message of a subject with a sequence or a higher one, or nothing if there is none.
   *
   * @param subject the subject, which may have wildcards.
   * @param from the sequence to begin with.
   * @return the message.
   */
  public Optional<StoredMessage> nextMessage(String subject, long from) {
    return Optional.ofNullable(
        BlockingCall.await(c -> stream.nextMessage(subject, from, false, c)));
  }

  /**
   * As {@link #nextMessage}, from the leader.
   *
   * @param subject the subject, which may have wildcards.
   * @param from the sequence to begin with.
   * @return the message.
   */
  public Optional<StoredMessage> consistentNextMessage(String subject, long from) {
    return Optional.ofNullable(BlockingCall.await(c -> stream.nextMessage(subject, from, true, c)));
  }

  /**
   * The messages from a sequence on, as many as there are when their end is reached.
   *
   * @param from the sequence to begin with; the first is 1.
   * @return the messages; to be closed, unless they are taken to their end.
   */
  public Stream<StoredMessage> messages(long from) {
    return messages(from, ">");
  }

  /**
   * As {@link #messages(long)}, of one subject.
   *
   * @param from the sequence to begin with; the first is 1.
   * @param subject the subject, which may have wildcards.
   * @return the messages; to be closed, unless they are taken to their end.
   */
  public Stream<StoredMessage> messages(long from, String subject) {
    return Pulled.stream(stream.messages(from, subject));
  }

  /**
   * What a message that one of the methods of this class has returned holds, as a value.
   *
   * @param <T> the type of the value.
   * @param message the message.
   * @param codec decodes it, whatever the message's {@code Content-Type} says.
   * @return the value.
   * @throws dev.midge.nats.serialization.UndecodableMessageException if the codec fails.
   */
  public <T> T value(StoredMessage message, Codec<T> codec) {
    return ReadingValuesKt.value(message, PayloadCodecs.of(codec));
  }

  /**
   * The last message of each subject, in the order of their sequences and as the stream was at one
   * moment. Before nats-server 2.11, or without {@code allowDirect}, one request a subject: then
   * not of one moment, and without wildcards.
   *
   * @param subjects the subjects, which may have wildcards.
   * @return the messages; to be closed, unless they are taken to their end.
   */
  public Stream<StoredMessage> lastMessages(List<String> subjects) {
    return Pulled.stream(stream.lastMessages(subjects));
  }

  /**
   * Deletes a message.
   *
   * @param sequence its sequence.
   * @throws dev.midge.nats.jetstream.JetStreamApiException if there is none.
   */
  public void deleteMessage(long sequence) {
    BlockingCall.await(c -> stream.deleteMessage(sequence, false, c));
  }

  /**
   * Deletes a message and overwrites its bytes in the file, which is slow.
   *
   * @param sequence its sequence.
   */
  public void eraseMessage(long sequence) {
    BlockingCall.await(c -> stream.deleteMessage(sequence, true, c));
  }

  /**
   * Writes all that the stream is and holds, as bytes that {@link JetStream#restoreStream} takes: a
   * line of JSON, then the server's own archive. A server saves no stream that it keeps in memory.
   *
   * @param out where it goes; it stays open.
   * @throws IOException if {@code out} throws it.
   * @throws dev.midge.nats.jetstream.BackupException if the server gives up.
   * @throws dev.midge.nats.jetstream.JetStreamApiException if it does not save the stream.
   */
  public void backup(OutputStream out) throws IOException {
    backup(out, true);
  }

  /**
   * As the one with the output alone, which takes the consumers too.
   *
   * @param out where it goes; it stays open.
   * @param withConsumers whether the consumers are part of it, with where they are.
   * @throws IOException if {@code out} throws it.
   */
  public void backup(OutputStream out, boolean withConsumers) throws IOException {
    try (Stream<byte[]> parts = Pulled.stream(stream.backup(withConsumers))) {
      for (Iterator<byte[]> part = parts.iterator(); part.hasNext(); ) out.write(part.next());
    }
  }

  /** Has another server of the cluster lead the stream. Publishing to it waits for a moment. */
  public void stepDown() {
    BlockingCall.await(c -> stream.stepDown(c));
  }

  /**
   * Takes a server out of those that keep the stream; another one takes its place, if there is one.
   *
   * @param peer the server's name.
   */
  public void removePeer(String peer) {
    BlockingCall.await(c -> stream.removePeer(peer, c));
  }

  /**
   * A consumer, as a handle: nothing is asked, and the consumer need not be there yet.
   *
   * @param name its name.
   * @return the handle.
   */
  public NatsConsumer consumer(String name) {
    return new NatsConsumer(stream.consumer(name));
  }

  /**
   * Makes a consumer, or finds it if it is there with the same configuration. It stays until it is
   * deleted, unless the configuration says otherwise.
   *
   * @param name its name.
   * @param settings sets what it shall have.
   * @return the consumer.
   * @throws dev.midge.nats.jetstream.ConsumerExistsException if there is one of that name with
   *     another configuration.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old for
   *     what is asked for.
   */
  public NatsConsumer createConsumer(String name, Consumer<ConsumerConfigBuilder> settings) {
    return new NatsConsumer(
        BlockingCall.await(c -> stream.createConsumer(name, Settings.of(settings), c)));
  }

  /**
   * Makes a consumer with a name of its own, which is removed when nobody has pulled for a while.
   *
   * @param settings sets what it shall have.
   * @return the consumer.
   */
  public NatsConsumer createConsumer(Consumer<ConsumerConfigBuilder> settings) {
    return new NatsConsumer(
        BlockingCall.await(c -> stream.createConsumer(null, Settings.of(settings), c)));
  }

  /**
   * Changes a consumer. What is not set stays as it is.
   *
   * @param name its name.
   * @param changes sets what shall change.
   * @return the consumer.
   * @throws dev.midge.nats.jetstream.ConsumerNotFoundException if there is none.
   */
  public NatsConsumer updateConsumer(String name, Consumer<ConsumerConfigBuilder> changes) {
    return new NatsConsumer(
        BlockingCall.await(c -> stream.updateConsumer(name, Settings.of(changes), c)));
  }

  /**
   * Makes a consumer, or changes it if it is there.
   *
   * @param name its name.
   * @param settings sets what it shall have; what it does not set stays.
   * @return the consumer.
   */
  public NatsConsumer createOrUpdateConsumer(
      String name, Consumer<ConsumerConfigBuilder> settings) {
    return new NatsConsumer(
        BlockingCall.await(c -> stream.createOrUpdateConsumer(name, Settings.of(settings), c)));
  }

  /**
   * What the server says of all consumers, asked for by pages as they are taken.
   *
   * @return the consumers.
   */
  public Stream<ConsumerInfo> consumers() {
    return Pulled.stream(stream.consumers());
  }

  /**
   * The names of all consumers, asked for by pages as they are taken.
   *
   * @return the names.
   */
  public Stream<String> consumerNames() {
    return Pulled.stream(stream.consumerNames());
  }

  /**
   * Removes a consumer. Whoever pulls from it is told.
   *
   * @param name its name.
   * @throws dev.midge.nats.jetstream.ConsumerNotFoundException if there is none.
   */
  public void deleteConsumer(String name) {
    BlockingCall.await(c -> stream.deleteConsumer(name, c));
  }

  /**
   * All messages in the order of the stream, none twice and none left out, for who needs no
   * acknowledgements. Each has a consumer of its own, which is made anew when something may have
   * been lost, and deleted at the close.
   *
   * @param config where to begin, and which messages.
   * @return the messages, without an end; to be closed.
   * @throws dev.midge.nats.jetstream.StreamNotFoundException from the messages, if there is no such
   *     stream, or no more.
   */
  public Stream<JetStreamMessage> ordered(OrderedConfig config) {
    return Pulled.stream(Flows.map(stream.ordered(config), JetStreamMessage::new));
  }

  /**
   * As {@link #ordered}, for a library that subscribes: each subscriber has a consumer of its own.
   *
   * @param config where to begin, and which messages.
   * @return the messages; no more come than are requested.
   */
  public Flow.Publisher<JetStreamMessage> orderedPublisher(OrderedConfig config) {
    return new FlowPublisher<>(
        Flows.map(stream.ordered(config), JetStreamMessage::new), Dispatchers.getIO());
  }

  @Override
  public String toString() {
    return stream.toString();
  }
}
