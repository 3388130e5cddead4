package dev.midge.nats.java;

import org.jspecify.annotations.Nullable;

/**
 * The limits of memory, in bytes. Each that is given has to be more than zero.
 *
 * @param outbound bytes that may wait for the socket before publishers wait. A frame larger than
 *     half of it is taken when no more than half is in use. Default 1 MiB.
 * @param maxIncomingPayload the most payload and header bytes that a server may send in one
 *     message; a larger one ends the connection to it ({@link dev.midge.nats.ProtocolException}).
 *     Default {@code null}: twice the {@code max_payload} of the server's INFO, but at least 8 MiB,
 *     and at most 64 MiB or half the heap, whichever is less. That is more than {@code max_payload}
 *     because that limit is on what is published there: other servers of the cluster and leaf nodes
 *     may take larger messages and pass them on, an account may let its users publish less than it
 *     lets them receive, and servers add headers. Set it where a peer takes messages that are
 *     larger still.
 */
public record BufferOptions(int outbound, @Nullable Integer maxIncomingPayload) {

  /**
   * Checks the limits.
   *
   * @param outbound see {@link #outbound()}.
   * @param maxIncomingPayload see {@link #maxIncomingPayload()}.
   * @throws IllegalArgumentException if one is not more than zero.
   */
  public BufferOptions {
    new dev.midge.nats.BufferOptions(outbound, maxIncomingPayload);
  }

  /** {@return the limits that apply unless others are given} */
  public static BufferOptions defaults() {
    return from(new dev.midge.nats.BufferOptions());
  }

  static BufferOptions from(dev.midge.nats.BufferOptions kotlin) {
    return new BufferOptions(kotlin.getOutbound(), kotlin.getMaxIncomingPayload());
  }

  dev.midge.nats.BufferOptions toKotlin() {
    return new dev.midge.nats.BufferOptions(outbound, maxIncomingPayload);
  }

  /**
   * {@return these limits with another {@link #outbound()}}
   *
   * @param outbound the new limit.
   */
  public BufferOptions withOutbound(int outbound) {
    return new BufferOptions(outbound, maxIncomingPayload);
  }

  /**
   * {@return these limits with another {@link #maxIncomingPayload()}, or with the default}
   *
   * @param maxIncomingPayload the new limit, or {@code null} for one that follows the server's.
   */
  public BufferOptions withMaxIncomingPayload(@Nullable Integer maxIncomingPayload) {
    return new BufferOptions(outbound, maxIncomingPayload);
  }
}
