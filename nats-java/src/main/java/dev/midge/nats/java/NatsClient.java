package dev.midge.nats.java;

import dev.midge.nats.ConnectionState;
import dev.midge.nats.Nats;
import dev.midge.nats.NatsConnection;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.NatsStats;
import dev.midge.nats.ServerInfo;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A NATS client by calls that block: every operation of {@link NatsOperations}, and its life.
 *
 * <p>It connects when it is made by {@link #connect(String)}, or with the first operation; goes on
 * with another server when the one in use is lost; and ends by {@link #drain} or {@link #close},
 * from any thread, or when reconnecting is given up. One serves a whole program: all members may be
 * called from any thread, and concurrent publishers share its batches.
 *
 * <p>It is one connection, unless it is made {@linkplain #of of} a {@code NatsConnectionPool} or of
 * {@code NatsShards}.
 *
 * <pre>{@code
 * try (NatsClient nats = NatsClient.connect("nats://localhost:4222")) {
 *   nats.subscribe("people.*", message -> System.out.println(message.subject() + ": " + message.text()));
 *   nats.publish("people.joe", "hello");
 *   nats.drain();
 * }
 * }</pre>
 */
public final class NatsClient implements NatsOperations, AutoCloseable {
  private final Nats nats;
  private final NatsAsyncClient async;

  private NatsClient(Nats nats) {
    this.nats = nats;
    async = new NatsAsyncClient(this);
  }

  /**
   * Connects to one of {@code servers}.
   *
   * @param servers {@code nats://host:port[,host:port]}.
   * @return the client, connected.
   * @throws IllegalArgumentException if a server is not valid; otherwise as the one with options.
   */
  public static NatsClient connect(String servers) {
    return connect(NatsOptions.builder().servers(servers).build());
  }

  /**
   * Connects as {@code options} say.
   *
   * @param options how to connect.
   * @return the client, connected.
   * @throws dev.midge.nats.AuthenticationException if a server refused the credentials and no other
   *     let the client in.
   * @throws dev.midge.nats.ConnectFailedException if no server let the client in.
   */
  public static NatsClient connect(NatsOptions options) {
    NatsClient client = create(options);
    try {
      client.connect();
    } catch (RuntimeException | Error e) {
      // The attempt may be under way, and nobody else knows the client. Closing it waits for
      // nobody.
      client.async.close();
      throw e;
    }
    return client;
  }

  /**
   * A client that connects with its first operation, or by {@link #connect()}. Opens no socket yet.
   *
   * @param options how to connect.
   * @return the client.
   */
  public static NatsClient create(NatsOptions options) {
    return new NatsClient(new NatsConnection(options));
  }

  /**
   * The view of a connection, a pool or shards. Closing one closes the other. Handlers run where
   * its options say.
   */
  public static NatsClient of(Nats nats) {
    return new NatsClient(nats);
  }

  /** This client for Kotlin. Closing one closes the other. */
  @Override
  public Nats toKotlin() {
    return nats;
  }

  /**
   * Its connections, in order: one, or all of the pool or the shards. They are to look at: ending
   * one of several is not meant.
   */
  public List<NatsClient> connections() {
    return Lives.connections(nats).stream()
        .map(connection -> connection == nats ? this : of(connection))
        .toList();
  }

  /** What it was made with; of several connections, what the first was made with. */
  public NatsOptions options() {
    return Lives.options(nats);
  }

  /** This client by calls that return futures: what happens to one happens to the other. */
  @Override
  public NatsAsyncClient async() {
    return async;
  }

  /**
   * Connects, or waits for the attempt that is under way, also while reconnecting; returns when all
   * connections are open, at once if they are.
   *
   * @throws dev.midge.nats.AuthenticationException if a server refused the credentials and no other
   *     let the client in.
   * @throws dev.midge.nats.ConnectFailedException if no server let the client in; calling again
   *     tries again.
   * @throws dev.midge.nats.ConnectionClosedException after the end of the connection.
   */
  public void connect() {
    BlockingCall.await(c -> nats.connect(c));
  }

  /**
   * Leaves the server in use for another one of the list, or for the same one if there is no other,
   * without a gap, and returns when the connection is there. For about 0.25 s both servers deliver.
   * While the connection is lost, ends the wait for the next attempt.
   *
   * @throws dev.midge.nats.ConnectFailedException if no other link could be opened; a connection
   *     that works is kept.
   * @throws dev.midge.nats.ConnectionClosedException after the end of the connection.
   * @throws dev.midge.nats.ConnectionDrainingException while it is draining.
   */
  public void reconnect() {
    BlockingCall.await(c -> nats.reconnect(c));
  }

  /**
   * Where the client is in its life. Several connections have one state: the first of Draining,
   * Reconnecting, Connecting, Connected, Idle and Closed that any of them is in.
   *
   * @return the state at this moment.
   */
  public ConnectionState state() {
    return nats.getState().getValue();
  }

  /**
   * Where the client is in its life, now and at every change; a slow subscriber misses what lies
   * between.
   *
   * @return the states.
   */
  public Flow.Publisher<ConnectionState> states() {
    return new FlowPublisher<>(nats.getState(), Lives.dispatcher(nats));
  }

  /**
   * What the server last said of itself; of several connections, that of the first.
   *
   * @return empty before the first connect.
   */
  public Optional<ServerInfo> serverInfo() {
    return Optional.ofNullable(Lives.connections(nats).get(0).getServerInfo().getValue());
  }

  /**
   * What happens on all connections, from the moment of subscribing on; completes after {@code
   * NatsEvent.Closed} of each. A subscriber that is slow disturbs nothing.
   *
   * @return the events.
   */
  public Flow.Publisher<NatsEvent> events() {
    return new FlowPublisher<>(Flows.events(nats), Lives.dispatcher(nats));
  }

  /**
   * Calls {@code listener} for everything that happens from now on, one event after the other,
   * where handlers run. What it throws goes to the thread's handler of uncaught exceptions, and it
   * gets the next event.
   *
   * @param listener gets the events.
   * @return closing it ends the calls.
   */
  public EventRegistration onEvent(Consumer<NatsEvent> listener) {
    return EventRegistration.of(
        new FlowPublisher<>(Flows.events(nats), Lives.dispatcher(nats)), listener);
  }

  /** The counters, at this moment; of several connections, their sums. */
  public NatsStats stats() {
    return nats.stats();
  }

  /**
   * Ends the client without losing a message: all subscriptions are drained together; meanwhile
   * publishing still works and subscribing is refused; then everything published is confirmed by
   * the server and the client is closed. Not to be called from a handler of this client, which it
   * would wait for. Interrupting the call closes the client.
   *
   * @param timeout how long subscribers may take; {@code null} takes the drain timeout of the
   *     options.
   * @throws dev.midge.nats.DrainTimeoutException if they took longer; the client is closed all the
   *     same.
   * @throws dev.midge.nats.ConnectionLostException if the connection was lost meanwhile.
   */
  public void drain(@Nullable Duration timeout) {
    BlockingCall.await(c -> Timed.drain(nats, timeout, c));
  }

  /** Ends the client without losing a message; see {@link #drain(Duration)}. */
  public void drain() {
    drain(null);
  }

  /**
   * Ends the client: nothing new is taken, what was published is written out and confirmed by the
   * server within the close timeout, subscriptions end, requests that wait fail with {@code
   * ConnectionClosedException}. Idempotent; returns when the socket is closed. Interrupting the
   * call does not stop the closing.
   */
  @Override
  public void close() {
    BlockingCall.await(c -> nats.close(c));
  }

  /**
   * Returns when the client has ended: by {@link #drain} or {@link #close} from another thread, or
   * because reconnecting was given up.
   *
   * <p>For a program that only subscribes. All threads of the client are daemons: without this, a
   * {@code main} that has subscribed returns, and the JVM ends.
   */
  public void awaitClosed() {
    BlockingCall.await(c -> nats.awaitClosed(c));
  }

  @Override
  public String toString() {
    return nats.toString();
  }
}
