package dev.midge.nats.java;

import dev.midge.nats.Subject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of a NATS client, by calls that block, and nothing of its life: what a container
 * hands to the parts of a program.
 *
 * <p>{@link NatsClient} implements it. All members may be called from any thread. Blocking is
 * parking: a virtual thread that waits costs nothing but its memory.
 */
public interface NatsOperations extends NatsPublishing, NatsSubscribing, NatsRequesting {
  /**
   * Returns once the server has handled everything that was sent before: a round trip of PING and
   * PONG.
   *
   * @param timeout how long to wait; {@code null} takes the flush timeout of the options.
   * @throws dev.midge.nats.FlushTimeoutException if the server did not answer in time.
   * @throws dev.midge.nats.ConnectionLostException if the connection broke meanwhile; what was
   *     under way may or may not have arrived.
   */
  default void flush(@Nullable Duration timeout) {
    ping(timeout);
  }

  /**
   * Returns once the server has handled everything that was sent before; see {@link
   * #flush(Duration)}.
   */
  default void flush() {
    ping(null);
  }

  /**
   * The time of one round trip to the server, through everything that waits in the outbound buffer.
   *
   * @param timeout how long to wait; {@code null} takes the flush timeout of the options.
   * @return the time.
   * @throws dev.midge.nats.FlushTimeoutException if the server did not answer in time.
   * @throws dev.midge.nats.ConnectionLostException if the connection broke meanwhile.
   */
  Duration ping(@Nullable Duration timeout);

  /**
   * The time of one round trip to the server; see {@link #ping(Duration)}.
   *
   * @return the time.
   */
  default Duration ping() {
    return ping(null);
  }

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  <T> TypedSubject<T> subject(Subject subject, Codec<T> codec);

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  default <T> TypedSubject<T> subject(String subject, Codec<T> codec) {
    return subject(new Subject(subject), codec);
  }

  /**
   * The same operations, by calls that return futures.
   *
   * @return a view of the same connections.
   */
  NatsAsyncOperations async();
}
