package dev.midge.nats.java;

import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of a NATS client, by calls that return futures and never block: what {@link
 * NatsOperations} says of each holds here as well, with "returns" read as "completes".
 *
 * <p><b>Futures</b> fail with the exceptions that the blocking calls throw, those for bad arguments
 * included; only a text that is no subject is refused at once. What is chained to them runs in the
 * executor of {@link NatsOptions}, or at once if they are complete already. Cancelling a future
 * cancels the call; one that was made from it by {@code thenApply} and the like does not.
 *
 * <p><b>Ordering</b>: a call whose future is complete when it returns, which is the usual case,
 * precedes every later call. As long as a future is not complete, the outbound buffer is full or
 * the connection not open: wait for it before the next publish, or order is not defined and memory
 * not bounded.
 *
 * <p>{@link NatsAsyncClient} and the {@code async()} views of pools and shards implement it. All
 * members may be called from any thread.
 */
public interface NatsAsyncOperations
    extends NatsAsyncPublishing, NatsAsyncSubscribing, NatsAsyncRequesting {
  /**
   * A round trip of PING and PONG: everything that was sent before has been handled by the server.
   *
   * @return completes after it.
   */
  default CompletableFuture<Duration> flush() {
    return ping(null);
  }

  /**
   * A round trip of PING and PONG.
   *
   * @param timeout how long to wait; {@code null} takes the flush timeout of the options.
   * @return its time.
   */
  CompletableFuture<Duration> ping(@Nullable Duration timeout);

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  <T> AsyncTypedSubject<T> subject(Subject subject, Codec<T> codec);

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  default <T> AsyncTypedSubject<T> subject(String subject, Codec<T> codec) {
    return subject(new Subject(subject), codec);
  }

  /**
   * The same operations, by calls that block.
   *
   * @return a view of the same connections.
   */
  NatsOperations blocking();
}
