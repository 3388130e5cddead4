package dev.midge.nats.java;

import dev.midge.nats.HandlerOptions;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.Overflow;
import dev.midge.nats.serialization.Undecodable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How one subscription differs from what the connection's options say. Immutable. */
public final class SubscribeOptions {
  private static final SubscribeOptions DEFAULTS = new SubscribeOptions(null, null, null, null, 1);

  private final @Nullable String queueGroup;
  private final @Nullable Overflow overflow;
  private final @Nullable Executor executor;
  private final @Nullable Undecodable undecodable;
  private final int concurrency;

  private SubscribeOptions(
      @Nullable String queueGroup,
      @Nullable Overflow overflow,
      @Nullable Executor executor,
      @Nullable Undecodable undecodable,
      int concurrency) {
    this.queueGroup = queueGroup;
    this.overflow = overflow;
    this.executor = executor;
    this.undecodable = undecodable;
    this.concurrency = concurrency;
  }

  /** No queue group, and everything as the connection's options say. */
  public static SubscribeOptions defaults() {
    return DEFAULTS;
  }

  /** The defaults as a member of the queue group of this name. */
  public static SubscribeOptions inGroup(String queueGroup) {
    return DEFAULTS.withQueueGroup(queueGroup);
  }

  /** The queue group whose members share the messages, or {@code null} for none. */
  public @Nullable String queueGroup() {
    return queueGroup;
  }

  /**
   * What happens when messages arrive faster than they are handled, or {@code null} for what {@link
   * NatsOptions} say.
   */
  public @Nullable Overflow overflow() {
    return overflow;
  }

  /**
   * Where the handler runs, or {@code null} for what {@link NatsOptions} say. Each message is a
   * task of its own; {@link #concurrency} says how many there are at a time. Of no meaning without
   * a handler.
   */
  public @Nullable Executor executor() {
    return executor;
  }

  /**
   * What happens to a message that does not decode, or {@code null} to pass over it. It is counted
   * in any case, and never the end of the connection. Of no meaning without a codec.
   */
  public @Nullable Undecodable undecodable() {
    return undecodable;
  }

  /**
   * How many messages are handled at a time. With 1, the default, one is handled after the other,
   * in the order of their arrival; with more, in any order. A drain waits for them all. Of no
   * meaning without a handler.
   */
  public int concurrency() {
    return concurrency;
  }

  HandlerOptions handlerOptions() {
    return concurrency == 1 ? HandlerOptions.Default : new HandlerOptions(concurrency, null);
  }

  /** These options with another {@link #queueGroup}. */
  public SubscribeOptions withQueueGroup(@Nullable String queueGroup) {
    return new SubscribeOptions(queueGroup, overflow, executor, undecodable, concurrency);
  }

  /** These options with another {@link #overflow}. */
  public SubscribeOptions withOverflow(@Nullable Overflow overflow) {
    return new SubscribeOptions(queueGroup, overflow, executor, undecodable, concurrency);
  }

  /** These options with another {@link #executor}. */
  public SubscribeOptions withExecutor(@Nullable Executor executor) {
    return new SubscribeOptions(queueGroup, overflow, executor, undecodable, concurrency);
  }

  /** These options with another {@link #undecodable}. */
  public SubscribeOptions withUndecodable(@Nullable Undecodable undecodable) {
    return new SubscribeOptions(queueGroup, overflow, executor, undecodable, concurrency);
  }

  /**
   * These options with another {@link #concurrency}.
   *
   * @throws IllegalArgumentException if it is less than 1.
   */
  public SubscribeOptions withConcurrency(int concurrency) {
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "concurrency is " + concurrency + "; it has to be 1 or more");
    }
    return new SubscribeOptions(queueGroup, overflow, executor, undecodable, concurrency);
  }
}
