package dev.midge.nats.java;

import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Arguments;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Lives;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.Timed;
import dev.midge.nats.serialization.TypedSubjectKt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of a NATS client, by calls that block, and nothing of its life: what a container
 * hands to the parts of a program.
 *
 * <p>{@link NatsClient} implements it. All members may be called from any thread. Blocking is
 * parking: a virtual thread that waits costs nothing but its memory.
 */
public sealed interface NatsOperations extends NatsPublishing, NatsSubscribing, NatsRequesting
    permits NatsClient {
  @Override
  dev.midge.nats.NatsOperations toKotlin();

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

  /** As the one with a timeout, with that of the options. */
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
  default Duration ping(@Nullable Duration timeout) {
    return BlockingCall.await(c -> Timed.ping(toKotlin(), timeout, c));
  }

  /** As the one with a timeout, with that of the options. */
  default Duration ping() {
    return ping(null);
  }

  /**
   * A subject for replies that nobody else uses, below the inbox prefix of the options. Subscribe
   * to it, then publish with it as the reply subject, and take what comes from several responders;
   * one request needs none. Of shards it belongs to one of them: use that shard for all three.
   *
   * @return the subject.
   */
  default Subject newInbox() {
    return toKotlin().newInbox();
  }

  /**
   * A subject whose messages are values of one type.
   *
   * @param <T> the type.
   * @param subject the subject; wildcards only to subscribe.
   * @param codec turns values into payloads and back.
   * @return the subject, bound to these operations.
   */
  default <T> TypedSubject<T> subject(CharSequence subject, Codec<T> codec) {
    return new TypedSubject<>(
        TypedSubjectKt.subject(toKotlin(), Arguments.subject(subject), PayloadCodecs.of(codec)),
        codec,
        Lives.options(toKotlin()));
  }

  /**
   * The same operations, by calls that return futures.
   *
   * @return a view of the same connections.
   */
  NatsAsyncOperations async();
}
