package dev.midge.nats.java.jetstream;

import dev.midge.nats.Headers;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.NatsOperations;
import dev.midge.nats.java.internal.Arguments;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.jetstream.AccountInfo;
import dev.midge.nats.jetstream.Advisory;
import dev.midge.nats.jetstream.JetStreamEvent;
import dev.midge.nats.jetstream.JetStreamKt;
import dev.midge.nats.jetstream.JetStreamOptions;
import dev.midge.nats.jetstream.PublishAck;
import dev.midge.nats.jetstream.PublishOptions;
import dev.midge.nats.jetstream.PublishingValuesKt;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.jetstream.StreamConfigBuilder;
import dev.midge.nats.jetstream.StreamInfo;
import dev.midge.nats.serialization.PayloadCodec;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/**
 * JetStream over a client: streams, publishing with acknowledgements, consumers.
 *
 * <p>A handle without a life: it asks the server nothing until it is used, needs no close, and ends
 * with its client. All methods may be called from any thread.
 */
public final class JetStream {
  /** The same as in Kotlin. */
  private static final int ACK_EVERY = 100;

  private final NatsOperations nats;
  private final dev.midge.nats.jetstream.JetStream jetStream;

  private JetStream(NatsOperations nats, dev.midge.nats.jetstream.JetStream jetStream) {
    this.nats = nats;
    this.jetStream = jetStream;
  }

  /**
   * JetStream over a client, with the default options.
   *
   * @param nats a connection, a pool or shards.
   * @return the handle.
   */
  public static JetStream of(NatsOperations nats) {
    return of(nats, JetStreamOptions.builder().build());
  }

  /**
   * JetStream over a client.
   *
   * @param nats a connection, a pool or shards.
   * @param options how it reaches its servers.
   * @return the handle.
   */
  public static JetStream of(NatsOperations nats, JetStreamOptions options) {
    return new JetStream(nats, JetStreamKt.jetStream(nats.toKotlin(), options));
  }

  /**
   * The client that it works over.
   *
   * @return the connection, the pool or the shards.
   */
  public NatsOperations nats() {
    return nats;
  }

  /**
   * The same as Kotlin uses it, which the buckets of this library stand on.
   *
   * @return the handle of Kotlin's.
   */
  public dev.midge.nats.jetstream.JetStream toKotlin() {
    return jetStream;
  }

  /**
   * How it reaches its servers.
   *
   * @return the options.
   */
  public JetStreamOptions options() {
    return jetStream.options();
  }

  /**
   * What the account uses and may use.
   *
   * @return both, as of now.
   * @throws dev.midge.nats.jetstream.JetStreamNotEnabledException if there is no JetStream.
   */
  public AccountInfo accountInfo() {
    return BlockingCall.await(c -> jetStream.accountInfo(c));
  }

  /**
   * Makes a stream. Returns also if it is there already and is the same.
   *
   * @param config what it stores.
   * @return the stream.
   * @throws dev.midge.nats.jetstream.StreamExistsException if it is there and differs.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what
   *     is asked for. Nothing is made then, unless the message says that the stream is kept without
   *     it.
   */
  public NatsStream createStream(StreamConfig config) {
    return new NatsStream(BlockingCall.await(c -> jetStream.createStream(config, c)));
  }

  /**
   * Replaces the configuration of a stream. To change a part of it, use {@link NatsStream#update}.
   *
   * @param config the new one.
   * @return the stream.
   * @throws dev.midge.nats.jetstream.StreamNotFoundException if there is no such stream.
   */
  public NatsStream updateStream(StreamConfig config) {
    return new NatsStream(BlockingCall.await(c -> jetStream.updateStream(config, c)));
  }

  /**
   * Makes a stream, or changes it if it is there.
   *
   * @param name its name.
   * @param settings sets what it shall have; what it does not set stays.
   * @return the stream.
   */
  public NatsStream createOrUpdateStream(String name, Consumer<StreamConfigBuilder> settings) {
    return new NatsStream(
        BlockingCall.await(c -> jetStream.createOrUpdateStream(name, Settings.of(settings), c)));
  }

  /**
   * A stream, as a handle: nothing is asked, and the stream need not be there yet.
   *
   * @param name its name.
   * @return the handle.
   */
  public NatsStream stream(String name) {
    return new NatsStream(jetStream.stream(name));
  }

  /**
   * All streams, asked for by pages as they are taken.
   *
   * @return the streams.
   */
  public Stream<StreamInfo> streams() {
    return streams(null);
  }

  /**
   * The streams that store something of a subject, asked for by pages as they are taken.
   *
   * @param subject the subject; {@code null} for all streams.
   * @return the streams.
   */
  public Stream<StreamInfo> streams(@Nullable String subject) {
    return Pulled.stream(jetStream.streams(subject));
  }

  /**
   * The names of all streams, asked for by pages as they are taken.
   *
   * @return the names.
   */
  public Stream<String> streamNames() {
    return streamNames(null);
  }

  /**
   * The names of the streams that store something of a subject.
   *
   * @param subject the subject; {@code null} for all streams.
   * @return the names.
   */
  public Stream<String> streamNames(@Nullable String subject) {
    return Pulled.stream(jetStream.streamNames(subject));
  }

  /**
   * Makes a stream of what {@link NatsStream#backup} has written.
   *
   * @param backup its bytes, which are read to their end; it stays open.
   * @return the stream.
   * @throws dev.midge.nats.jetstream.BackupException if {@code backup} is not one.
   * @throws dev.midge.nats.jetstream.JetStreamApiException if the server does not take it, for
   *     example because there is a stream of that name.
   */
  public NatsStream restoreStream(InputStream backup) {
    return new NatsStream(BlockingCall.await(c -> jetStream.restoreStream(Flows.of(backup), c)));
  }

  /**
   * Publishes a message and returns when a stream has stored it.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until this returns.
   * @return what the stream says.
   * @throws dev.midge.nats.jetstream.NoStreamException if no stream takes the subject.
   * @throws dev.midge.nats.jetstream.JetStreamTimeoutException if no acknowledgement came in time:
   *     the message may be stored.
   * @throws dev.midge.nats.jetstream.PublishUnconfirmedException if the connection was lost before:
   *     the message may be stored.
   */
  public PublishAck publish(CharSequence subject, byte[] payload) {
    return publish(subject, payload, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until this returns.
   * @param options what the message tells its stream, and how long to wait.
   * @return what the stream says.
   * @throws dev.midge.nats.jetstream.WrongLastException if an expectation does not hold; also the
   *     others of {@code JetStreamApiException}.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old for
   *     what the options say; nothing is sent.
   */
  public PublishAck publish(CharSequence subject, byte[] payload, PublishOptions options) {
    Subject to = Arguments.subject(subject);
    return BlockingCall.await(c -> jetStream.publish(to, payload, options, c));
  }

  /**
   * Publishes a message and returns when it is on its way: the future ends with its
   * acknowledgement, or as {@link #publish(CharSequence, byte[])} would throw. Blocks only while
   * the window is full, and for the connection. Cancelling the future takes nothing back.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until the future has ended.
   * @return the acknowledgement to come.
   */
  public CompletableFuture<PublishAck> publishAsync(CharSequence subject, byte[] payload) {
    return publishAsync(subject, payload, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param subject where it goes.
   * @param payload its bytes; leave the array alone until the future has ended.
   * @param options what the message tells its stream, and how long to wait.
   * @return the acknowledgement to come.
   */
  public CompletableFuture<PublishAck> publishAsync(
      CharSequence subject, byte[] payload, PublishOptions options) {
    Subject to = Arguments.subject(subject);
    return FutureKt.asCompletableFuture(
        BlockingCall.<Deferred<PublishAck>>await(
            c -> jetStream.publishAsync(to, payload, options, c)));
  }

  /**
   * Publishes a value and returns when a stream has stored it: as {@link #publish(CharSequence,
   * byte[])} with the bytes that it is encoded to, once.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it.
   * @return what the stream says.
   * @throws dev.midge.nats.serialization.UnencodableValueException if the codec fails; nothing is
   *     sent.
   */
  public <T> PublishAck publish(CharSequence subject, T value, Codec<T> codec) {
    return publish(subject, value, codec, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it.
   * @param options what the message tells its stream, and how long to wait.
   * @return what the stream says.
   */
  public <T> PublishAck publish(
      CharSequence subject, T value, Codec<T> codec, PublishOptions options) {
    Subject to = Arguments.subject(subject);
    PayloadCodec<T> by = PayloadCodecs.of(codec);
    return BlockingCall.await(
        c -> PublishingValuesKt.publish(jetStream, to, value, by, options, c));
  }

  /**
   * Publishes a value and returns when it is on its way, as {@link #publishAsync(CharSequence,
   * byte[])} with the bytes.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @return the acknowledgement to come.
   * @throws dev.midge.nats.serialization.UnencodableValueException if the codec fails; nothing is
   *     sent.
   */
  public <T> CompletableFuture<PublishAck> publishAsync(
      CharSequence subject, T value, Codec<T> codec) {
    return publishAsync(subject, value, codec, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @param options what the message tells its stream, and how long to wait.
   * @return the acknowledgement to come.
   */
  public <T> CompletableFuture<PublishAck> publishAsync(
      CharSequence subject, T value, Codec<T> codec, PublishOptions options) {
    Subject to = Arguments.subject(subject);
    PayloadCodec<T> by = PayloadCodecs.of(codec);
    return FutureKt.asCompletableFuture(
        BlockingCall.<Deferred<PublishAck>>await(
            c -> PublishingValuesKt.publishAsync(jetStream, to, value, by, options, c)));
  }

  /**
   * The message that carries a value, for {@link #publishAll}.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @return the message.
   * @throws dev.midge.nats.serialization.UnencodableValueException if the codec fails.
   */
  public <T> OutgoingMessage outgoing(CharSequence subject, T value, Codec<T> codec) {
    return outgoing(subject, value, codec, Headers.Empty);
  }

  /**
   * As the one without headers.
   *
   * @param <T> the type of the value.
   * @param subject where it goes.
   * @param value the value.
   * @param codec encodes it, before this returns.
   * @param headers its headers.
   * @return the message.
   */
  public <T> OutgoingMessage outgoing(
      CharSequence subject, T value, Codec<T> codec, Headers headers) {
    Subject to = Arguments.subject(subject);
    return PublishingValuesKt.outgoing(jetStream, to, value, PayloadCodecs.of(codec), headers);
  }

  /**
   * Publishes messages as they are taken from a stream, many on their way at once, and returns
   * their acknowledgements in the same order.
   *
   * @param messages what to publish.
   * @return the acknowledgements; the nth is that of the nth message. To be closed, unless they are
   *     taken to their end.
   * @throws dev.midge.nats.jetstream.PublishAllException from the acknowledgements, for the first
   *     message that has none.
   */
  public Stream<PublishAck> publishAll(Iterable<OutgoingMessage> messages) {
    return Pulled.stream(jetStream.publishAll(Flows.of(messages)));
  }

  /**
   * As the one with the messages alone.
   *
   * @param messages what to publish.
   * @param window how many may be on their way at once; by default {@link
   *     JetStreamOptions#publishWindow}.
   * @param keepOrder whether messages of one subject are stored in their order, by default: if one
   *     is refused for a moment, nothing more is sent until it is stored. Without, it is sent again
   *     alone, behind those that were stored meanwhile.
   * @param options what all messages have beside their headers, and how long to wait for each.
   * @return the acknowledgements; the nth is that of the nth message. To be closed, unless they are
   *     taken to their end.
   * @throws dev.midge.nats.jetstream.PublishAllException from the acknowledgements, for the first
   *     message that has none.
   * @throws IllegalArgumentException if the window is less than 1, if the options are for one
   *     message, or if messages are to be sent again after a reconnect and in order.
   */
  public Stream<PublishAck> publishAll(
      Iterable<OutgoingMessage> messages, int window, boolean keepOrder, PublishOptions options) {
    return Pulled.stream(jetStream.publishAll(Flows.of(messages), window, keepOrder, options));
  }

  /**
   * Publishes messages that their stream stores together or not at all, with sequences in a row.
   * Needs nats-server 2.12 and a stream that allows it.
   *
   * @param fill adds the messages.
   * @return the acknowledgement of the batch, with the sequence of its last message.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old;
   *     nothing is sent.
   * @throws dev.midge.nats.jetstream.JetStreamApiException if the stream refuses the batch; nothing
   *     is stored.
   */
  public PublishAck publishAtomically(Consumer<AtomicBatch> fill) {
    return publishAtomically(PublishOptions.Default, fill);
  }

  /**
   * As the one without options.
   *
   * @param options how long to wait for the whole batch.
   * @param fill adds the messages.
   * @return the acknowledgement of the batch, with the sequence of its last message.
   */
  public PublishAck publishAtomically(PublishOptions options, Consumer<AtomicBatch> fill) {
    Consumer<dev.midge.nats.jetstream.AtomicBatch> wrapping =
        batch -> fill.accept(new AtomicBatch(batch));
    return BlockingCall.await(
        c -> jetStream.publishAtomically(options, Settings.suspending(wrapping), c));
  }

  /**
   * As the one with a number, which is 100 here.
   *
   * @param fill sends the messages, by this thread.
   * @return the acknowledgement of all.
   */
  public PublishAck ingest(Consumer<Ingest> fill) {
    return ingest(ACK_EVERY, fill);
  }

  /**
   * Publishes messages as fast as their stream takes them, with few acknowledgements: the server
   * chooses how many messages each stands for. Returns when all are stored.
   *
   * <p>Not atomic: what is stored stays, and other messages may come between. Messages that the
   * server knows by their ids are skipped and counted. Needs nats-server 2.14 and a stream with
   * {@code allowFastIngest}, the same one for all messages. A lost connection ends it. If {@code
   * fill} throws, this throws the same, and what was sent stays.
   *
   * @param ackEvery how many messages an acknowledgement should stand for; the server may choose
   *     fewer.
   * @param fill sends the messages, by this thread.
   * @return the acknowledgement of all, with their number and the sequence of the last one.
   * @throws dev.midge.nats.jetstream.IngestException if it ends before all messages are stored; it
   *     says how many are.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the servers are too old;
   *     nothing is sent.
   * @throws dev.midge.nats.jetstream.FeatureNotEnabledException if the stream does not allow it;
   *     nothing is sent.
   * @throws IllegalStateException if {@code fill} sends nothing.
   */
  public PublishAck ingest(int ackEvery, Consumer<Ingest> fill) {
    Consumer<dev.midge.nats.jetstream.Ingest> wrapping = ingest -> fill.accept(new Ingest(ingest));
    return BlockingCall.await(c -> jetStream.ingest(ackEvery, Settings.suspending(wrapping), c));
  }

  /**
   * As the one with a BigInteger.
   *
   * @param subject the counter.
   * @param by what is added; it may be negative.
   * @return the acknowledgement, with what the counter has come to.
   */
  public PublishAck increment(CharSequence subject, long by) {
    return increment(subject, BigInteger.valueOf(by));
  }

  /**
   * Adds to a counter. Needs nats-server 2.12 and a stream that allows it.
   *
   * @param subject the counter.
   * @param by what is added; it may be negative.
   * @return the acknowledgement, with what the counter has come to.
   */
  public PublishAck increment(CharSequence subject, BigInteger by) {
    return increment(subject, by, PublishOptions.Default);
  }

  /**
   * As the one without options.
   *
   * @param subject the counter.
   * @param by what is added; it may be negative.
   * @param options a message id, and how long to wait.
   * @return the acknowledgement, with what the counter has come to.
   */
  public PublishAck increment(CharSequence subject, BigInteger by, PublishOptions options) {
    Subject to = Arguments.subject(subject);
    return BlockingCall.await(c -> jetStream.increment(to, by, options, c));
  }

  /**
   * What happens to consumers in use, from now on. A subscriber that lags far behind misses the
   * oldest events.
   *
   * @return the events.
   */
  public Flow.Publisher<JetStreamEvent> events() {
    return new FlowPublisher<>(jetStream.events(), Dispatchers.getIO());
  }

  /**
   * What servers tell of the account's streams and consumers. Each subscriber listens from its
   * subscription on, and at most once: what is told while the connection is lost is missed. With a
   * domain in the options, those of that domain alone.
   *
   * @return all of them, without an end.
   */
  public Flow.Publisher<Advisory> advisories() {
    return advisories(">");
  }

  /**
   * As the one for all.
   *
   * @param filter which ones, as what their subjects have behind {@code $JS.EVENT.ADVISORY.}, for
   *     example {@code CONSUMER.MAX_DELIVERIES.ORDERS.*}; wildcards are allowed.
   * @return those, without an end.
   */
  public Flow.Publisher<Advisory> advisories(String filter) {
    return new FlowPublisher<>(jetStream.advisories(filter), Dispatchers.getIO());
  }

  @Override
  public String toString() {
    return jetStream.toString();
  }
}
