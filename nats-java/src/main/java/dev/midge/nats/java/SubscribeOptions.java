package dev.midge.nats.java;

import dev.midge.nats.Overflow;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How one subscription differs from what the connection's options say.
 *
 * @param queueGroup the queue group whose members share the messages, or {@code null} for none.
 * @param overflow what happens when messages arrive faster than they are handled, or {@code null}
 *     for what {@link NatsOptions} say.
 * @param executor where the handler runs, or {@code null} for what {@link NatsOptions} say.
 *     Messages are handled one after the other whatever it is, each as a task of its own. Of no
 *     meaning without a handler.
 */
public record SubscribeOptions(
    @Nullable String queueGroup, @Nullable Overflow overflow, @Nullable Executor executor) {
  private static final SubscribeOptions DEFAULTS = new SubscribeOptions(null, null, null);

  /** The policy, also if that of the connection counts. */
  Overflow overflowOr(dev.midge.nats.NatsOptions connection) {
    return overflow != null ? overflow : connection.getOverflow();
  }

  /**
   * No queue group, and everything as the connection's options say.
   *
   * @return the defaults.
   */
  public static SubscribeOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A member of a queue group.
   *
   * @param queueGroup its name.
   * @return the defaults with that queue group.
   */
  public static SubscribeOptions inGroup(String queueGroup) {
    return DEFAULTS.withQueueGroup(queueGroup);
  }

  /**
   * These options with another queue group.
   *
   * @param queueGroup its name, or {@code null} for none.
   * @return the changed options.
   */
  public SubscribeOptions withQueueGroup(@Nullable String queueGroup) {
    return new SubscribeOptions(queueGroup, overflow, executor);
  }

  /**
   * These options with another policy for slow consumers.
   *
   * @param overflow the policy, or {@code null} for that of the connection.
   * @return the changed options.
   */
  public SubscribeOptions withOverflow(@Nullable Overflow overflow) {
    return new SubscribeOptions(queueGroup, overflow, executor);
  }

  /**
   * These options with another executor for the handler.
   *
   * @param executor the executor, or {@code null} for that of the connection.
   * @return the changed options.
   */
  public SubscribeOptions withExecutor(@Nullable Executor executor) {
    return new SubscribeOptions(queueGroup, overflow, executor);
  }
}
