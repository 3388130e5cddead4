package dev.midge.nats.java.kv;

import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.KeyValueCalls;
import dev.midge.nats.java.internal.Listener;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.SuspendCall;
import dev.midge.nats.java.internal.Threads;
import dev.midge.nats.kv.KeyValueEntry;
import dev.midge.nats.kv.KeyValueEvent;
import dev.midge.nats.kv.KeyValueStatus;
import dev.midge.nats.kv.WatchOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import kotlinx.coroutines.Dispatchers;
import org.jspecify.annotations.Nullable;

/**
 * One bucket of keys with values of one type, by its name. A handle: the bucket may be made,
 * changed or deleted by anybody meanwhile, and with another type it is another handle. All methods
 * may be called from any thread.
 *
 * <p>Every method throws {@link dev.midge.nats.kv.BucketNotFoundException} if there is no such
 * bucket, {@code IllegalArgumentException} for what is no key, and what {@link
 * dev.midge.nats.kv.KeyValueException} and {@link dev.midge.nats.jetstream.JetStreamException}
 * list. Writing throws as {@code JetStream.publish} does, and what its codec throws if a value does
 * not encode; reading throws {@link dev.midge.nats.kv.UndecodableEntryException} if what is there
 * is no value of this type.
 *
 * <p>Values are read from any server that keeps the bucket, mirrors included: fast, but what was
 * written a moment ago may not be seen yet, nor what was deleted be gone. The methods called {@code
 * consistent…} ask the leader; for a mirror that of its origin, where writes go. Whether the bucket
 * is a mirror, and of what, is asked for once: if a bucket that is none takes the place of a
 * mirror, or the other way round, a handle may go on with the old place until it finds nothing
 * there. Take a new one then. Close the streams that are not taken to their end.
 *
 * @param <T> the type of the values.
 */
public final class KeyValue<T> {
  private final dev.midge.nats.kv.KeyValue<T> bucket;

  KeyValue(dev.midge.nats.kv.KeyValue<T> bucket) {
    this.bucket = bucket;
  }

  /**
   * Its name.
   *
   * @return the name.
   */
  public String bucket() {
    return bucket.bucket();
  }

  /**
   * The bucket as it is now. It answers also while the bucket has no leader: no proof of health.
   *
   * @return the bucket.
   */
  public KeyValueStatus status() {
    return BlockingCall.await(c -> bucket.status(c));
  }

  /**
   * The value of a key, or nothing if it has none.
   *
   * @param key the key.
   * @return the value, with its revision.
   */
  public Optional<KeyValueEntry<T>> get(String key) {
    return found(c -> bucket.get(key, false, c));
  }

  /**
   * As {@link #get(String)}, from the leader.
   *
   * @param key the key.
   * @return the value, with its revision.
   */
  public Optional<KeyValueEntry<T>> consistentGet(String key) {
    return found(c -> bucket.get(key, true, c));
  }

  /**
   * The value that a key has or had by a revision; nothing if that is none of it, none any more, or
   * no value.
   *
   * @param key the key.
   * @param revision the revision, from 1 on.
   * @return the value.
   */
  public Optional<KeyValueEntry<T>> get(String key, long revision) {
    return found(c -> bucket.get(key, revision, false, c));
  }

  /**
   * As {@link #get(String, long)}, from the leader.
   *
   * @param key the key.
   * @param revision the revision, from 1 on.
   * @return the value.
   */
  public Optional<KeyValueEntry<T>> consistentGet(String key, long revision) {
    return found(c -> bucket.get(key, revision, true, c));
  }

  /** Kotlin knows that nobody writes to an entry: to Java it looks like one of some subtype. */
  @SuppressWarnings("unchecked")
  private Optional<KeyValueEntry<T>> found(SuspendCall<KeyValueEntry<? extends T>> call) {
    return Optional.ofNullable((KeyValueEntry<T>) BlockingCall.await(call));
  }

  /**
   * The values of some keys, as far as they have one. Up to 1,000 keys with up to 32 MiB of values
   * are one request: as the bucket was at one moment, and by the order of their revisions. With
   * more, what is written meanwhile may come newer and at the end; a key that has not come is then
   * asked for by itself. Before nats-server 2.11 each key is one request, and they are not of one
   * moment.
   *
   * @param keys the keys.
   * @return the values; to be closed, unless they are taken to their end.
   */
  public Stream<KeyValueEntry<T>> getAll(Collection<String> keys) {
    return Pulled.stream(bucket.getAll(keys));
  }

  /**
   * Sets a key to a value, whatever it was.
   *
   * @param key the key.
   * @param value the value.
   * @return the revision.
   */
  public long put(String key, T value) {
    return BlockingCall.<Long>await(c -> bucket.put(key, value, c));
  }

  /**
   * Sets a key to a value if it has none, be it deleted. One of any number of callers succeeds, and
   * knows it even if the answer was lost with the connection.
   *
   * @param key the key.
   * @param value the value.
   * @return the revision.
   * @throws dev.midge.nats.kv.KeyExistsException if it has a value.
   * @throws dev.midge.nats.kv.WrongRevisionException if others create and delete it all the time.
   */
  public long create(String key, T value) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.create(bucket, key, value, null, c));
  }

  /**
   * As {@link #create(String, Object)}, for a time. Needs nats-server 2.11 and a bucket with {@code
   * allowKeyTtl}.
   *
   * @param key the key.
   * @param value the value.
   * @param timeToLive how long the value stays, in whole seconds, at least one.
   * @return the revision.
   * @throws dev.midge.nats.kv.KeyExistsException if it has a value.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server is too old; nothing
   *     is sent.
   * @throws dev.midge.nats.jetstream.FeatureNotEnabledException if the bucket does not allow it;
   *     nothing is sent.
   */
  public long create(String key, T value, Duration timeToLive) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.create(bucket, key, value, timeToLive, c));
  }

  /**
   * Sets a key to a value if its last revision is the one that is expected, which may be that of
   * its deletion.
   *
   * @param key the key.
   * @param value the value.
   * @param revision the revision that it has to have.
   * @return the new one.
   * @throws dev.midge.nats.kv.WrongRevisionException if it has another one.
   */
  public long update(String key, T value, long revision) {
    return BlockingCall.<Long>await(c -> bucket.update(key, value, revision, c));
  }

  /**
   * Sets a key to what a function makes of its value, with nobody else's write between. When
   * somebody was faster it reads again, from the leader, and calls the function again: until it
   * succeeds, the function throws, or the thread is interrupted.
   *
   * @param key the key.
   * @param change makes the new value of the old one, or of {@code null} if there is none; called
   *     by another thread, perhaps more than once.
   * @return the revision.
   */
  public long compareAndSet(String key, Function<@Nullable T, T> change) {
    return BlockingCall.<Long>await(
        c ->
            bucket.compareAndSet(
                key,
                Handlers.<T, T>replyingByCodec(
                    (T old) -> Objects.requireNonNull(change.apply(old), "the new value is null"),
                    Threads.FOR_BLOCKING),
                c));
  }

  /**
   * Takes the value of a key away; its history stays.
   *
   * @param key the key.
   * @return the revision of that.
   */
  public long delete(String key) {
    return BlockingCall.<Long>await(c -> bucket.delete(key, null, c));
  }

  /**
   * As {@link #delete(String)}, if the last revision is the one that is expected.
   *
   * @param key the key.
   * @param revision the revision that it has to have.
   * @return the revision of that.
   * @throws dev.midge.nats.kv.WrongRevisionException if it has another one.
   */
  public long delete(String key, long revision) {
    return BlockingCall.<Long>await(c -> bucket.delete(key, revision, c));
  }

  /**
   * Takes the value of a key away, and its history.
   *
   * @param key the key.
   * @return the revision of that.
   */
  public long purge(String key) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.purge(bucket, key, null, null, c));
  }

  /**
   * As {@link #purge(String)}, if the last revision is the one that is expected.
   *
   * @param key the key.
   * @param revision the revision that it has to have.
   * @return the revision of that.
   * @throws dev.midge.nats.kv.WrongRevisionException if it has another one.
   */
  public long purge(String key, long revision) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.purge(bucket, key, revision, null, c));
  }

  /**
   * As {@link #purge(String)}, but the bucket tells of it only for a time. Needs nats-server 2.11
   * and a bucket with {@code allowKeyTtl}.
   *
   * @param key the key.
   * @param timeToLive how long, in whole seconds, at least one.
   * @return the revision of that.
   */
  public long purge(String key, Duration timeToLive) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.purge(bucket, key, null, timeToLive, c));
  }

  /**
   * As {@link #purge(String, Duration)}, if the last revision is the one that is expected.
   *
   * @param key the key.
   * @param revision the revision that it has to have.
   * @param timeToLive how long, in whole seconds, at least one.
   * @return the revision of that.
   * @throws dev.midge.nats.kv.WrongRevisionException if it has another one.
   */
  public long purge(String key, long revision, Duration timeToLive) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.purge(bucket, key, revision, timeToLive, c));
  }

  /**
   * The keys that have a value and match one of the filters, each once. The stream throws {@link
   * dev.midge.nats.ConnectionClosedException} if the connection is closed before all have come.
   *
   * @param filters where {@code *} stands for a token and {@code >} for the last ones; all keys
   *     without them. Several need nats-server 2.10.
   * @return the keys; to be closed, unless they are taken to their end.
   */
  public Stream<String> keys(String... filters) {
    return Pulled.stream(bucket.keys(filters));
  }

  /**
   * What the bucket still has of a key, from the oldest on, deletions included. The stream throws
   * {@link dev.midge.nats.ConnectionClosedException} if the connection is closed before all has
   * come.
   *
   * @param key the key.
   * @return the history; to be closed, unless it is taken to its end.
   */
  public Stream<KeyValueEvent.Change<T>> history(String key) {
    return Pulled.stream(bucket.history(key));
  }

  /**
   * What happens to the keys that match one of the filters: first the last value of each, or what
   * the options say, then {@link KeyValueEvent.CaughtUp}, then all that is written, in its order.
   *
   * <p>It survives lost connections, restarts of servers and changes of the leader, and says so
   * with {@link KeyValueEvent.Resumed}. No more comes than is taken.
   *
   * @param options where to begin.
   * @param filters as for {@link #keys}.
   * @return the events, without an end; to be closed.
   * @throws dev.midge.nats.kv.BucketNotFoundException from the events, if there is no such bucket,
   *     or no more.
   */
  public Stream<KeyValueEvent<T>> watch(WatchOptions options, String... filters) {
    return Pulled.stream(bucket.watch(List.of(filters), options));
  }

  /**
   * As the one that returns a stream, for a listener, which is told of one event after the other.
   * It may block. What it throws, and what ends the watch, goes to the thread's handler of uncaught
   * exceptions.
   *
   * @param options where to begin.
   * @param listener gets the events.
   * @param filters as for {@link #keys}.
   * @return what ends it.
   */
  public KeyValueWatch watch(
      WatchOptions options, Consumer<? super KeyValueEvent<T>> listener, String... filters) {
    return new KeyValueWatch(
        Listener.of(
            new FlowPublisher<KeyValueEvent<T>>(
                bucket.watch(List.of(filters), options), Threads.of(Threads.FOR_BLOCKING)),
            listener));
  }

  /**
   * As the one that returns a stream, for a library that subscribes: each subscriber watches by
   * itself.
   *
   * @param options where to begin.
   * @param filters as for {@link #keys}.
   * @return the events; no more come than are requested.
   */
  public Flow.Publisher<KeyValueEvent<T>> watchPublisher(WatchOptions options, String... filters) {
    return new FlowPublisher<>(bucket.watch(List.of(filters), options), Dispatchers.getIO());
  }

  /**
   * As {@link #watch(WatchOptions, String...)}, but the values do not come, only how many bytes
   * they have.
   *
   * @param options where to begin.
   * @param filters as for {@link #keys}.
   * @return the events, without an end; to be closed.
   */
  public Stream<KeyValueEvent<Long>> watchKeys(WatchOptions options, String... filters) {
    return Pulled.stream(bucket.watchKeys(List.of(filters), options));
  }

  /**
   * Removes what tells of keys that were deleted long ago, and the history of those that were
   * deleted since. What is written meanwhile stays. Of a mirror this concerns the mirror alone.
   *
   * @param olderThan how long ago.
   * @return how many deletions are forgotten.
   */
  public long purgeDeletes(Duration olderThan) {
    return BlockingCall.<Long>await(c -> KeyValueCalls.purgeDeletes(bucket, olderThan, c));
  }

  @Override
  public String toString() {
    return bucket.toString();
  }
}
