package dev.midge.nats.java;

import dev.midge.nats.Nats;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.java.internal.Coroutines;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.SuspendCall;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link NatsClient} by calls that return futures: every operation of {@link
 * NatsAsyncOperations}, and its life. What the client tells of itself, by {@code state()}, {@code
 * events()} and the like, does not wait: {@link #blocking} has it.
 *
 * <pre>{@code
 * NatsAsyncClient.connect(options)
 *     .thenCompose(nats -> nats.request("greet", "joe"))
 *     .thenAccept(reply -> System.out.println(reply.text()));
 * }</pre>
 */
public final class NatsAsyncClient implements NatsAsyncOperations {
  private final NatsClient blocking;
  private final Nats nats;

  NatsAsyncClient(NatsClient blocking) {
    this.blocking = blocking;
    nats = blocking.toKotlin();
  }

  /**
   * Connects as {@code options} say.
   *
   * @param options how to connect.
   * @return the client, connected; fails as {@link NatsClient#connect(NatsOptions)} does.
   *     Cancelling it gives up connecting.
   */
  public static CompletableFuture<NatsAsyncClient> connect(NatsOptions options) {
    NatsAsyncClient client = NatsClient.create(options).async();
    CompletableFuture<NatsAsyncClient> connected =
        Coroutines.future(
            Lives.dispatcher(client.nats), c -> client.nats.connect(c), done -> client);
    // Nobody else knows the client then.
    connected.whenComplete(
        (known, failure) -> {
          if (failure != null) client.close();
        });
    return connected;
  }

  /** The client itself: what happens to one happens to the other. */
  @Override
  public NatsClient blocking() {
    return blocking;
  }

  /** See {@link NatsClient#connect()}; completes when all connections are open. */
  public CompletableFuture<@Nullable Void> connect() {
    return done(c -> nats.connect(c));
  }

  /** See {@link NatsClient#reconnect}; completes when the connection is there. */
  public CompletableFuture<@Nullable Void> reconnect() {
    return done(c -> nats.reconnect(c));
  }

  /**
   * Ends the client without losing a message; see {@link NatsClient#drain(Duration)}.
   *
   * @param timeout how long subscribers may take; {@code null} takes the drain timeout of the
   *     options.
   * @return completes when the client is closed. Cancelling it closes the client.
   */
  public CompletableFuture<@Nullable Void> drain(@Nullable Duration timeout) {
    return done(c -> Timed.drain(nats, timeout, c));
  }

  /** Ends the client; completes when the sockets are closed. Cancelling it does not stop that. */
  public CompletableFuture<@Nullable Void> close() {
    return done(c -> nats.close(c));
  }

  /** Completes when the client has ended; see {@link NatsClient#awaitClosed}. */
  public CompletableFuture<@Nullable Void> awaitClosed() {
    return done(c -> nats.awaitClosed(c));
  }

  private CompletableFuture<@Nullable Void> done(SuspendCall<Unit> call) {
    return Coroutines.futureVoid(Lives.dispatcher(nats), call);
  }

  @Override
  public String toString() {
    return nats.toString();
  }
}
