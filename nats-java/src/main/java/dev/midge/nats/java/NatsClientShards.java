package dev.midge.nats.java;

import dev.midge.nats.NatsShards;
import dev.midge.nats.NatsStats;
import dev.midge.nats.PoolSelection;
import dev.midge.nats.ShardEvent;
import dev.midge.nats.ShardGroup;
import dev.midge.nats.ShardMapping;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several servers or clusters that know nothing of each other, each with its share of the subjects.
 *
 * <p>A subject belongs to one group, chosen from the groups' names alone: publishing, requests and
 * subscriptions to it go there. A subscription with wildcards is made with every group. One group
 * that is down fails its own subjects only; what is for all does what it can for the others and
 * then throws {@code ShardsFailedException}. All members may be called from any thread.
 */
public final class NatsClientShards extends BlockingOperations implements AutoCloseable {
  private final NatsShards shards;

  private NatsClientShards(NatsShards shards) {
    super(shards, shards.getShards().get(0).getPool().getOptions());
    this.shards = shards;
  }

  /**
   * Shards that connect with their first operation, or by {@link #connect()}. Opens no socket yet.
   *
   * @param groups how each group is reached, by its name, in order. The name decides which subjects
   *     belong to the group: it has to stay when servers move.
   * @param poolSize how many connections to each group.
   * @return the shards.
   * @throws IllegalArgumentException if there is no group or {@code poolSize} is less than 1.
   */
  public static NatsClientShards create(Map<String, NatsOptions> groups, int poolSize) {
    List<ShardGroup> made =
        groups.entrySet().stream()
            .map(group -> new ShardGroup(group.getValue().toKotlin(), group.getKey()))
            .toList();
    return of(new NatsShards(made, poolSize, PoolSelection.BySubject));
  }

  /**
   * The view of shards that Kotlin has made. Closing one closes the other.
   *
   * @param shards the shards.
   * @return their view for Java.
   */
  public static NatsClientShards of(NatsShards shards) {
    return new NatsClientShards(shards);
  }

  /**
   * These shards for Kotlin. Closing one closes the other.
   *
   * @return the shards themselves.
   */
  public NatsShards toKotlin() {
    return shards;
  }

  /**
   * Which subjects belong to which group.
   *
   * @return the mapping.
   */
  public ShardMapping mapping() {
    return shards.getMapping();
  }

  /**
   * The shard that {@code subject} belongs to, for what concerns it alone.
   *
   * @param subject a subject without wildcards.
   * @return the connections to that group.
   * @throws dev.midge.nats.InvalidSubjectException if {@code subject} holds a wildcard.
   */
  public NatsClientPool shard(Subject subject) {
    return NatsClientPool.of(shards.shard(subject).getPool());
  }

  /**
   * The shard that {@code subject} belongs to, for what concerns it alone.
   *
   * @param subject a subject without wildcards.
   * @return the connections to that group.
   * @throws dev.midge.nats.InvalidSubjectException if {@code subject} holds a wildcard.
   */
  public NatsClientPool shard(String subject) {
    return shard(new Subject(subject));
  }

  /**
   * All shards, in the order of their groups: to look at, ending one of them is not meant.
   *
   * @return the connections to each group.
   */
  public List<NatsClientPool> shards() {
    return shards.getShards().stream().map(shard -> NatsClientPool.of(shard.getPool())).toList();
  }

  /**
   * Connects all connections that are not; returns when all are open, or throws which shards have
   * failed.
   */
  public void connect() {
    BlockingCall.await(c -> shards.connect(c));
  }

  /**
   * What happens on all connections of all shards, from the moment of subscribing on. A slow
   * subscriber disturbs nothing.
   *
   * @return the events.
   */
  public Flow.Publisher<ShardEvent> events() {
    return new FlowPublisher<>(shards.getEvents(), dispatcher);
  }

  /**
   * Calls {@code listener} for everything that happens from now on; as {@link NatsClient#onEvent}.
   *
   * @param listener gets the events.
   * @return closing it ends the calls.
   */
  public EventRegistration onEvent(Consumer<ShardEvent> listener) {
    return EventRegistration.of(new FlowPublisher<>(shards.getEvents(), dispatcher), listener);
  }

  /**
   * The sums of the counters of all shards.
   *
   * @return their values at this moment.
   */
  public NatsStats stats() {
    return shards.stats();
  }

  /**
   * Ends all connections as {@link NatsClient#drain} does. All stay open for publishing until the
   * subscriptions of all have handled what was received.
   *
   * @param timeout how long subscribers may take; {@code null} takes the drain timeout of the
   *     options.
   * @throws dev.midge.nats.ShardsFailedException if a shard was not drained in time or was lost
   *     meanwhile; all are closed all the same.
   */
  public void drain(@Nullable Duration timeout) {
    BlockingCall.await(c -> Timed.drain(shards, timeout, c));
  }

  /** Ends all connections without losing a message; see {@link #drain(Duration)}. */
  public void drain() {
    drain(null);
  }

  /**
   * Ends all connections as {@link NatsClient#close} does. Idempotent; returns when all sockets are
   * closed.
   */
  @Override
  public void close() {
    BlockingCall.await(c -> shards.close(c));
  }

  @Override
  public String toString() {
    return shards.toString();
  }
}
