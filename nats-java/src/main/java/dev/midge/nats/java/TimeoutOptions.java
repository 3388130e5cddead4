package dev.midge.nats.java;

import dev.midge.nats.java.internal.Options;
import java.time.Duration;

/**
 * The limits of time. Each has to be more than zero.
 *
 * <pre>{@code
 * TimeoutOptions.defaults().withRequest(Duration.ofSeconds(2))
 * }</pre>
 *
 * @param connect for one server, from the TCP connect to the PONG that says it has taken all
 *     subscriptions. Very many subscriptions on a slow network need more than the default. Default
 *     2 s.
 * @param request for a reply, unless the call names its own. Default 5 s.
 * @param flush for the PONG that answers a flush or ping. Default 10 s.
 * @param drain for a drain of a subscription or the connection. Default 30 s.
 * @param close for writing out what is queued when the connection is closed. Default 2 s.
 * @param pingInterval between two PINGs, by which a connection is found to be dead that was not
 *     closed. Default 2 minutes.
 * @param maxPingsOutstanding how many PINGs may wait for their answer; when one more is due the
 *     connection counts as lost. Default 2.
 */
public record TimeoutOptions(
    Duration connect,
    Duration request,
    Duration flush,
    Duration drain,
    Duration close,
    Duration pingInterval,
    int maxPingsOutstanding) {

  /**
   * Checks the limits.
   *
   * @param connect see {@link #connect()}.
   * @param request see {@link #request()}.
   * @param flush see {@link #flush()}.
   * @param drain see {@link #drain()}.
   * @param close see {@link #close()}.
   * @param pingInterval see {@link #pingInterval()}.
   * @param maxPingsOutstanding see {@link #maxPingsOutstanding()}.
   * @throws IllegalArgumentException if one is not more than zero.
   */
  public TimeoutOptions {
    Options.timeouts(connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /** {@return the limits that apply unless others are given} */
  public static TimeoutOptions defaults() {
    return from(new dev.midge.nats.TimeoutOptions());
  }

  static TimeoutOptions from(dev.midge.nats.TimeoutOptions kotlin) {
    return new TimeoutOptions(
        Options.connect(kotlin),
        Options.request(kotlin),
        Options.flush(kotlin),
        Options.drain(kotlin),
        Options.close(kotlin),
        Options.pingInterval(kotlin),
        kotlin.getMaxPingsOutstanding());
  }

  dev.midge.nats.TimeoutOptions toKotlin() {
    return Options.timeouts(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #connect()}}
   *
   * @param connect the new limit.
   */
  public TimeoutOptions withConnect(Duration connect) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #request()}}
   *
   * @param request the new limit.
   */
  public TimeoutOptions withRequest(Duration request) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #flush()}}
   *
   * @param flush the new limit.
   */
  public TimeoutOptions withFlush(Duration flush) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #drain()}}
   *
   * @param drain the new limit.
   */
  public TimeoutOptions withDrain(Duration drain) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #close()}}
   *
   * @param close the new limit.
   */
  public TimeoutOptions withClose(Duration close) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #pingInterval()}}
   *
   * @param pingInterval the new limit.
   */
  public TimeoutOptions withPingInterval(Duration pingInterval) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }

  /**
   * {@return these limits with another {@link #maxPingsOutstanding()}}
   *
   * @param maxPingsOutstanding the new limit.
   */
  public TimeoutOptions withMaxPingsOutstanding(int maxPingsOutstanding) {
    return new TimeoutOptions(
        connect, request, flush, drain, close, pingInterval, maxPingsOutstanding);
  }
}
