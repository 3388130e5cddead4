package dev.midge.nats.java;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Timed;
import java.time.Duration;
import java.util.function.Predicate;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * When a {@code requestMany} ends (ADR-47): by whichever of these comes first.
 *
 * @param total the longest time for all replies; {@code null} takes the request timeout of the
 *     connection's options.
 * @param stall the longest time between two replies, once the first has come; {@code null} for no
 *     such limit.
 * @param maxMessages the number of replies; 0 for any number.
 * @param sentinel tells the reply that ends the sequence and is not passed on itself; {@code null}
 *     for none.
 */
public record RequestManyLimits(
    @Nullable Duration total,
    @Nullable Duration stall,
    int maxMessages,
    @Nullable Predicate<NatsMessage> sentinel) {
  private static final RequestManyLimits DEFAULTS = new RequestManyLimits(null, null, 0, null);

  /**
   * Limits.
   *
   * @param total the longest time for all replies, or {@code null}.
   * @param stall the longest time between two replies, or {@code null}.
   * @param maxMessages the number of replies; 0 for any number.
   * @param sentinel tells the last reply, or {@code null}.
   * @throws IllegalArgumentException if a duration is not more than zero, or {@code maxMessages} is
   *     negative.
   */
  public RequestManyLimits {
    requirePositive("total", total);
    requirePositive("stall", stall);
    if (maxMessages < 0) {
      throw new IllegalArgumentException(
          "maxMessages is " + maxMessages + "; it has to be 0 or more");
    }
  }

  /**
   * The request timeout alone.
   *
   * @return the defaults.
   */
  public static RequestManyLimits defaults() {
    return DEFAULTS;
  }

  /**
   * These limits with another total.
   *
   * @param total the longest time for all replies, or {@code null}.
   * @return the changed limits.
   */
  public RequestManyLimits withTotal(@Nullable Duration total) {
    return new RequestManyLimits(total, stall, maxMessages, sentinel);
  }

  /**
   * These limits with another stall.
   *
   * @param stall the longest time between two replies, or {@code null}.
   * @return the changed limits.
   */
  public RequestManyLimits withStall(@Nullable Duration stall) {
    return new RequestManyLimits(total, stall, maxMessages, sentinel);
  }

  /**
   * These limits with another number of replies.
   *
   * @param maxMessages the number, or 0 for any.
   * @return the changed limits.
   */
  public RequestManyLimits withMaxMessages(int maxMessages) {
    return new RequestManyLimits(total, stall, maxMessages, sentinel);
  }

  /**
   * These limits with another sentinel.
   *
   * @param sentinel tells the last reply, or {@code null}.
   * @return the changed limits.
   */
  public RequestManyLimits withSentinel(@Nullable Predicate<NatsMessage> sentinel) {
    return new RequestManyLimits(total, stall, maxMessages, sentinel);
  }

  /**
   * These limits, and a reply without payload ends the sequence: the usual sentinel.
   *
   * @return the changed limits.
   */
  public RequestManyLimits endedByEmptyPayload() {
    return withSentinel(reply -> reply.getPayload().length == 0);
  }

  /** One request with these limits, sent by each collector. */
  Flow<NatsMessage> flow(
      dev.midge.nats.NatsOperations core, Subject subject, byte[] payload, Headers headers) {
    Integer most = maxMessages == 0 ? null : Integer.valueOf(maxMessages);
    return Timed.requestMany(core, subject, payload, headers, total, stall, most, sentinel);
  }

  private static void requirePositive(String name, @Nullable Duration value) {
    if (value != null && (value.isNegative() || value.isZero())) {
      throw new IllegalArgumentException(name + " is " + value + "; it has to be more than zero");
    }
  }
}
