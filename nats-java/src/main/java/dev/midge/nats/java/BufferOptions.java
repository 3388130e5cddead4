package dev.midge.nats.java;

/**
 * The limits of memory, in bytes. Each has to be more than zero.
 *
 * @param outbound bytes that may wait for the socket before publishers wait. A frame larger than
 *     half of it is taken when no more than half is in use. Default 1 MiB.
 * @param maxIncomingPayload the most payload and header bytes that a server may send in one
 *     message, whatever its INFO says. Default 64 MiB.
 */
public record BufferOptions(int outbound, int maxIncomingPayload) {

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
   * {@return these limits with another {@link #maxIncomingPayload()}}
   *
   * @param maxIncomingPayload the new limit.
   */
  public BufferOptions withMaxIncomingPayload(int maxIncomingPayload) {
    return new BufferOptions(outbound, maxIncomingPayload);
  }
}
