package dev.midge.nats.java;

import dev.midge.nats.ConnectionState;
import dev.midge.nats.Nats;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsStats;
import dev.midge.nats.ServerInfo;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a NATS server, by calls that return futures: every operation of {@link
 * NatsAsyncOperations}, and its life, which is that of {@link NatsClient}.
 *
 * <pre>{@code
 * NatsAsyncClient.connect(NatsOptions.of("nats://localhost:4222"))
 *     .thenCompose(nats -> nats.request("greet", "joe".getBytes(UTF_8)))
 *     .thenAccept(reply -> System.out.println(reply.text()));
 * }</pre>
 */
public final class NatsAsyncClient extends AsyncOperations implements AutoCloseable {
  private final Nats nats;
  private final NatsClient blocking;

  NatsAsyncClient(Nats nats, NatsClient blocking) {
    super(nats, Lives.connections(nats).get(0).getOptions(), blocking);
    this.nats = nats;
    this.blocking = blocking;
  }

  /**
   * Connects as {@code options} say.
   *
   * @param options how to connect.
   * @return the client, connected; fails as {@link NatsClient#connect(NatsOptions)} does.
   *     Cancelling it gives up connecting.
   */
  public static CompletableFuture<NatsAsyncClient> connect(NatsOptions options) {
    NatsAsyncClient client = create(options);
    CompletableFuture<NatsAsyncClient> connected =
        Coroutines.future(client.dispatcher, c -> client.nats.connect(c), done -> client);
    // Nobody else knows the client then.
    connected.whenComplete(
        (known, failure) -> {
          if (failure != null) client.closeAsync();
        });
    return connected;
  }

  /**
   * A client that connects with its first operation, or by {@link #connect()}. Opens no socket yet.
   *
   * @param options how to connect.
   * @return the client.
   */
  public static NatsAsyncClient create(NatsOptions options) {
    return NatsClient.create(options).async();
  }

  /**
   * The view of a connection that Kotlin has made. Closing one closes the other.
   *
   * @param nats the connection, pool or shards.
   * @return its view for Java.
   */
  public static NatsAsyncClient of(Nats nats) {
    return NatsClient.of(nats).async();
  }

  /**
   * This connection for Kotlin. Closing one closes the other.
   *
   * @return the connection itself.
   */
  public Nats toKotlin() {
    return nats;
  }

  /**
   * How it connects and behaves.
   *
   * @return what it was made with.
   */
  public NatsOptions options() {
    return blocking.options();
  }

  /** This connection by calls that block. Closing one closes the other. */
  @Override
  public NatsClient blocking() {
    return blocking;
  }

  /**
   * Connects, or waits for the attempt that is under way; see {@link NatsClient#connect()}.
   *
   * @return completes when the connection is open.
   */
  public CompletableFuture<@Nullable Void> connect() {
    return done(c -> nats.connect(c));
  }

  /**
   * Leaves the server in use for another one; see {@link NatsClient#reconnect}.
   *
   * @return completes when the connection is there.
   */
  public CompletableFuture<@Nullable Void> reconnect() {
    return done(c -> nats.reconnect(c));
  }

  /**
   * Where the connection is in its life.
   *
   * @return the state at this moment.
   */
  public ConnectionState state() {
    return blocking.state();
  }

  /**
   * Where the connection is in its life, now and at every change; a slow subscriber misses what
   * lies between.
   *
   * @return the states.
   */
  public Flow.Publisher<ConnectionState> states() {
    return blocking.states();
  }

  /**
   * What the server last said of itself.
   *
   * @return empty before the first connect.
   */
  public Optional<ServerInfo> serverInfo() {
    return blocking.serverInfo();
  }

  /**
   * What happens on this connection; see {@link NatsClient#events}.
   *
   * @return the events.
   */
  public Flow.Publisher<NatsEvent> events() {
    return blocking.events();
  }

  /**
   * Calls {@code listener} for everything that happens from now on; see {@link NatsClient#onEvent}.
   *
   * @param listener gets the events.
   * @return closing it ends the calls.
   */
  public EventRegistration onEvent(Consumer<NatsEvent> listener) {
    return blocking.onEvent(listener);
  }

  /**
   * The counters of this connection.
   *
   * @return their values at this moment.
   */
  public NatsStats stats() {
    return blocking.stats();
  }

  /**
   * Ends the connection without losing a message; see {@link NatsClient#drain(Duration)}.
   *
   * @param timeout how long subscribers may take; {@code null} takes the drain timeout of the
   *     options.
   * @return completes when the connection is closed. Cancelling it closes the connection.
   */
  public CompletableFuture<@Nullable Void> drain(@Nullable Duration timeout) {
    return done(c -> Timed.drain(nats, timeout, c));
  }

  /**
   * Ends the connection; see {@link NatsClient#close}.
   *
   * @return completes when the socket is closed. Cancelling it does not stop the closing.
   */
  public CompletableFuture<@Nullable Void> closeAsync() {
    return done(c -> nats.close(c));
  }

  /** Ends the connection, and waits until the socket is closed; see {@link NatsClient#close}. */
  @Override
  public void close() {
    blocking.close();
  }

  @Override
  public String toString() {
    return nats.toString();
  }
}
