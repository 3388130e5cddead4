package dev.midge.nats.java;

import dev.midge.nats.ConnectionState;
import dev.midge.nats.NatsConnectionPool;
import dev.midge.nats.NatsStats;
import dev.midge.nats.PoolEvent;
import dev.midge.nats.PoolSelection;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several connections to the same servers, used as one: for programs that one connection cannot
 * keep busy. Most programs do not need it.
 *
 * <p>{@link PoolSelection} says by which connection a message goes, and so which order is kept: by
 * default that of each subject. Subscriptions are spread over the connections in turn; subscribing
 * returns when the server has confirmed it. A connection that has ended for good is left out from
 * then on. All members may be called from any thread.
 */
public final class NatsClientPool extends BlockingOperations implements AutoCloseable {
  private final NatsConnectionPool pool;

  private NatsClientPool(NatsConnectionPool pool) {
    super(pool, pool.getOptions());
    this.pool = pool;
  }

  /**
   * Connects a pool.
   *
   * @param options what each connection is made with.
   * @param size how many connections.
   * @return the pool, connected.
   * @throws IllegalArgumentException if {@code size} is less than 1.
   * @throws dev.midge.nats.ConnectFailedException if a connection could not connect.
   */
  public static NatsClientPool connect(NatsOptions options, int size) {
    NatsClientPool pool = create(options, size, PoolSelection.BySubject);
    try {
      pool.connect();
    } catch (RuntimeException | Error e) {
      // Some of them may have connected; nobody need wait until they have gone.
      Coroutines.futureVoid(pool.dispatcher, c -> pool.pool.close(c));
      throw e;
    }
    return pool;
  }

  /**
   * A pool whose connections connect with their first operation, or by {@link #connect()}. Opens no
   * socket yet.
   *
   * @param options what each connection is made with.
   * @param size how many connections.
   * @param selection how the connection for a message is chosen.
   * @return the pool.
   * @throws IllegalArgumentException if {@code size} is less than 1.
   */
  public static NatsClientPool create(NatsOptions options, int size, PoolSelection selection) {
    return new NatsClientPool(new NatsConnectionPool(options.toKotlin(), size, selection));
  }

  /**
   * The view of a pool that Kotlin has made. Closing one closes the other.
   *
   * @param pool the pool.
   * @return its view for Java.
   */
  public static NatsClientPool of(NatsConnectionPool pool) {
    return new NatsClientPool(pool);
  }

  /**
   * This pool for Kotlin. Closing one closes the other.
   *
   * @return the pool itself.
   */
  public NatsConnectionPool toKotlin() {
    return pool;
  }

  /**
   * Its connections, to look at: ending one of them is not meant.
   *
   * @return all of them.
   */
  public List<NatsClient> connections() {
    return pool.getConnections().stream().map(NatsClient::of).toList();
  }

  /**
   * Connects all connections that are not; returns when all are open, or throws the first failure.
   */
  public void connect() {
    BlockingCall.await(c -> pool.connect(c));
  }

  /**
   * One state for all connections: the first of Draining, Reconnecting, Connecting, Connected, Idle
   * and Closed that any of them is in.
   *
   * @return the state at this moment.
   */
  public ConnectionState state() {
    return pool.getState().getValue();
  }

  /**
   * What happens on all connections, from the moment of subscribing on. A slow subscriber disturbs
   * nothing.
   *
   * @return the events.
   */
  public Flow.Publisher<PoolEvent> events() {
    return new FlowPublisher<>(pool.getEvents(), dispatcher);
  }

  /**
   * Calls {@code listener} for everything that happens from now on; as {@link NatsClient#onEvent}.
   *
   * @param listener gets the events.
   * @return closing it ends the calls.
   */
  public EventRegistration onEvent(Consumer<PoolEvent> listener) {
    return EventRegistration.of(new FlowPublisher<>(pool.getEvents(), dispatcher), listener);
  }

  /**
   * The sums of the counters of all connections.
   *
   * @return their values at this moment.
   */
  public NatsStats stats() {
    return pool.stats();
  }

  /**
   * Ends all connections as {@link NatsClient#drain} does. All stay open for publishing until the
   * subscriptions of all have handled what was received.
   *
   * @param timeout how long subscribers may take; {@code null} takes the drain timeout of the
   *     options.
   * @throws dev.midge.nats.DrainTimeoutException if they took longer; the pool is closed all the
   *     same.
   */
  public void drain(@Nullable Duration timeout) {
    BlockingCall.await(c -> Timed.drain(pool, timeout, c));
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
    BlockingCall.await(c -> pool.close(c));
  }

  /**
   * How its connections connect and behave.
   *
   * @return what they were made with.
   */
  public NatsOptions options() {
    return NatsOptions.from(pool.getOptions());
  }

  /**
   * How the connection for a message is chosen.
   *
   * @return what it was made with.
   */
  public PoolSelection selection() {
    return pool.getSelection();
  }

  @Override
  public String toString() {
    return pool.toString();
  }
}
