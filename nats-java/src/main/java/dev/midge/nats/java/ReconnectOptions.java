package dev.midge.nats.java;

import dev.midge.nats.java.internal.Options;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happens when the connection to a server is lost (ADR-40).
 *
 * <p>The server that was lost is left alone for {@code reconnectWait}; another one of the list is
 * tried at once. Each server that does not let the client in is left alone in its turn, so that no
 * server is tried more often than {@code reconnectWait} says.
 *
 * <pre>{@code
 * ReconnectOptions.defaults().withMaxReconnects(10).withWhileDisconnected(WhileDisconnected.fail())
 * }</pre>
 *
 * <p>What Kotlin calls {@code wait} has another name here, which {@link Object#wait()} has taken.
 *
 * <p>The functions are called in the connection's own threads: they have to return at once, and
 * must not block.
 *
 * @param reconnectWait how long a server is left alone after it failed. Default 2 s.
 * @param jitter by how much, at most, each wait is lengthened at random, so that many clients do
 *     not come back at the same moment. Default 100 ms.
 * @param jitterTls the same where TLS is spoken, whose handshakes cost a server more. Default 1 s.
 * @param multiplier by what {@code reconnectWait} grows with each further failure of the same
 *     server; 1 leaves it as it is. Default 1.
 * @param maxWait what {@code reconnectWait} grows to at most. Default 30 s.
 * @param maxReconnects how many attempts in a row may fail at a server before it is not tried
 *     again; when no server is left the connection is closed. -1 never gives up, 0 never
 *     reconnects. Default -1.
 * @param retryFirstConnect whether the first connect is retried in the same way, instead of failing
 *     once every server was tried. Default {@code false}.
 * @param ignoreDiscoveredServers whether only the servers given in the options are used, and not
 *     those of the cluster that a server names. Default {@code false}.
 * @param ignoreAuthErrors whether to go on trying when the same server has refused the credentials
 *     for the same reason twice in a row, instead of closing the connection. Default {@code false}.
 * @param whileDisconnected what becomes of publishes until the connection is back. Default: up to 8
 *     MiB are taken.
 * @param failRequests whether requests that wait for a reply fail at once when the connection is
 *     lost. Otherwise they wait on until their timeout: a reply that is sent after the connection
 *     is back still arrives. Default {@code false}.
 * @param delay replaces {@code reconnectWait}, {@code jitter} and {@code multiplier}: called with
 *     the number of attempts in a row that failed at a server (0 for the one whose connection was
 *     lost), returns how long that server is left alone. Default none.
 * @param selectServer chooses the next server to try, by returning one of those that it is given;
 *     {@code null} leaves the choice to Midge. Default none.
 */
public record ReconnectOptions(
    Duration reconnectWait,
    Duration jitter,
    Duration jitterTls,
    double multiplier,
    Duration maxWait,
    int maxReconnects,
    boolean retryFirstConnect,
    boolean ignoreDiscoveredServers,
    boolean ignoreAuthErrors,
    WhileDisconnected whileDisconnected,
    boolean failRequests,
    @Nullable IntFunction<Duration> delay,
    @Nullable Function<List<ServerCandidate>, @Nullable ServerCandidate> selectServer) {

  /**
   * Checks the values.
   *
   * @param reconnectWait see {@link #reconnectWait()}.
   * @param jitter see {@link #jitter()}.
   * @param jitterTls see {@link #jitterTls()}.
   * @param multiplier see {@link #multiplier()}.
   * @param maxWait see {@link #maxWait()}.
   * @param maxReconnects see {@link #maxReconnects()}.
   * @param retryFirstConnect see {@link #retryFirstConnect()}.
   * @param ignoreDiscoveredServers see {@link #ignoreDiscoveredServers()}.
   * @param ignoreAuthErrors see {@link #ignoreAuthErrors()}.
   * @param whileDisconnected see {@link #whileDisconnected()}.
   * @param failRequests see {@link #failRequests()}.
   * @param delay see {@link #delay()}.
   * @param selectServer see {@link #selectServer()}.
   * @throws IllegalArgumentException if a duration is negative, {@code multiplier} less than 1 or
   *     {@code maxReconnects} less than -1.
   */
  public ReconnectOptions {
    Options.reconnect(
        reconnectWait,
        jitter,
        jitterTls,
        multiplier,
        maxWait,
        maxReconnects,
        retryFirstConnect,
        ignoreDiscoveredServers,
        ignoreAuthErrors,
        ReconnectConversion.toKotlin(whileDisconnected),
        failRequests,
        delay,
        ReconnectConversion.toKotlin(selectServer));
  }

  /** {@return the options that apply unless others are given} */
  public static ReconnectOptions defaults() {
    return from(new dev.midge.nats.ReconnectOptions());
  }

  static ReconnectOptions from(dev.midge.nats.ReconnectOptions kotlin) {
    return new ReconnectOptions(
        Options.wait(kotlin),
        Options.jitter(kotlin),
        Options.jitterTls(kotlin),
        kotlin.getMultiplier(),
        Options.maxWait(kotlin),
        kotlin.getMaxReconnects(),
        kotlin.getRetryFirstConnect(),
        kotlin.getIgnoreDiscoveredServers(),
        kotlin.getIgnoreAuthErrors(),
        ReconnectConversion.from(kotlin.getWhileDisconnected()),
        kotlin.getFailRequests(),
        Options.delay(kotlin),
        ReconnectConversion.from(kotlin.getSelectServer()));
  }

  dev.midge.nats.ReconnectOptions toKotlin() {
    return Options.reconnect(
        reconnectWait,
        jitter,
        jitterTls,
        multiplier,
        maxWait,
        maxReconnects,
        retryFirstConnect,
        ignoreDiscoveredServers,
        ignoreAuthErrors,
        ReconnectConversion.toKotlin(whileDisconnected),
        failRequests,
        delay,
        ReconnectConversion.toKotlin(selectServer));
  }

  /**
   * {@return these options with another {@link #reconnectWait()}}
   *
   * @param reconnectWait the new value.
   */
  public ReconnectOptions withReconnectWait(Duration reconnectWait) {
    return with(change -> change.reconnectWait = reconnectWait);
  }

  /**
   * {@return these options with another {@link #jitter()}}
   *
   * @param jitter the new value.
   */
  public ReconnectOptions withJitter(Duration jitter) {
    return with(change -> change.jitter = jitter);
  }

  /**
   * {@return these options with another {@link #jitterTls()}}
   *
   * @param jitterTls the new value.
   */
  public ReconnectOptions withJitterTls(Duration jitterTls) {
    return with(change -> change.jitterTls = jitterTls);
  }

  /**
   * {@return these options with another {@link #multiplier()}}
   *
   * @param multiplier the new value.
   */
  public ReconnectOptions withMultiplier(double multiplier) {
    return with(change -> change.multiplier = multiplier);
  }

  /**
   * {@return these options with another {@link #maxWait()}}
   *
   * @param maxWait the new value.
   */
  public ReconnectOptions withMaxWait(Duration maxWait) {
    return with(change -> change.maxWait = maxWait);
  }

  /**
   * {@return these options with another {@link #maxReconnects()}}
   *
   * @param maxReconnects the new value.
   */
  public ReconnectOptions withMaxReconnects(int maxReconnects) {
    return with(change -> change.maxReconnects = maxReconnects);
  }

  /**
   * {@return these options with another {@link #retryFirstConnect()}}
   *
   * @param retryFirstConnect the new value.
   */
  public ReconnectOptions withRetryFirstConnect(boolean retryFirstConnect) {
    return with(change -> change.retryFirstConnect = retryFirstConnect);
  }

  /**
   * {@return these options with another {@link #ignoreDiscoveredServers()}}
   *
   * @param ignoreDiscoveredServers the new value.
   */
  public ReconnectOptions withIgnoreDiscoveredServers(boolean ignoreDiscoveredServers) {
    return with(change -> change.ignoreDiscoveredServers = ignoreDiscoveredServers);
  }

  /**
   * {@return these options with another {@link #ignoreAuthErrors()}}
   *
   * @param ignoreAuthErrors the new value.
   */
  public ReconnectOptions withIgnoreAuthErrors(boolean ignoreAuthErrors) {
    return with(change -> change.ignoreAuthErrors = ignoreAuthErrors);
  }

  /**
   * {@return these options with another {@link #whileDisconnected()}}
   *
   * @param whileDisconnected the new value.
   */
  public ReconnectOptions withWhileDisconnected(WhileDisconnected whileDisconnected) {
    return with(change -> change.whileDisconnected = whileDisconnected);
  }

  /**
   * {@return these options with another {@link #failRequests()}}
   *
   * @param failRequests the new value.
   */
  public ReconnectOptions withFailRequests(boolean failRequests) {
    return with(change -> change.failRequests = failRequests);
  }

  /**
   * {@return these options with another {@link #delay()}, or none}
   *
   * @param delay the new value, or {@code null} for none.
   */
  public ReconnectOptions withDelay(@Nullable IntFunction<Duration> delay) {
    return with(change -> change.delay = delay);
  }

  /**
   * {@return these options with another {@link #selectServer()}, or none}
   *
   * @param selectServer the new value, or {@code null} for none.
   */
  public ReconnectOptions withSelectServer(
      @Nullable Function<List<ServerCandidate>, @Nullable ServerCandidate> selectServer) {
    return with(change -> change.selectServer = selectServer);
  }

  private ReconnectOptions with(Consumer<Change> step) {
    Change change = new Change(this);
    step.accept(change);
    return change.options();
  }

  /** What the options say, while some of it is replaced. */
  private static final class Change {
    Duration reconnectWait;
    Duration jitter;
    Duration jitterTls;
    double multiplier;
    Duration maxWait;
    int maxReconnects;
    boolean retryFirstConnect;
    boolean ignoreDiscoveredServers;
    boolean ignoreAuthErrors;
    WhileDisconnected whileDisconnected;
    boolean failRequests;
    @Nullable IntFunction<Duration> delay;
    @Nullable Function<List<ServerCandidate>, @Nullable ServerCandidate> selectServer;

    Change(ReconnectOptions from) {
      reconnectWait = from.reconnectWait;
      jitter = from.jitter;
      jitterTls = from.jitterTls;
      multiplier = from.multiplier;
      maxWait = from.maxWait;
      maxReconnects = from.maxReconnects;
      retryFirstConnect = from.retryFirstConnect;
      ignoreDiscoveredServers = from.ignoreDiscoveredServers;
      ignoreAuthErrors = from.ignoreAuthErrors;
      whileDisconnected = from.whileDisconnected;
      failRequests = from.failRequests;
      delay = from.delay;
      selectServer = from.selectServer;
    }

    ReconnectOptions options() {
      return new ReconnectOptions(
          reconnectWait,
          jitter,
          jitterTls,
          multiplier,
          maxWait,
          maxReconnects,
          retryFirstConnect,
          ignoreDiscoveredServers,
          ignoreAuthErrors,
          whileDisconnected,
          failRequests,
          delay,
          selectServer);
    }
  }
}
