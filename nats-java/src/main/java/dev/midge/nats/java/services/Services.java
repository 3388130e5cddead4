package dev.midge.nats.java.services;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.java.NatsOperations;
import dev.midge.nats.java.internal.Arguments;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.ServiceCalls;
import dev.midge.nats.services.PathTrace;
import dev.midge.nats.services.RequestStreamKt;
import dev.midge.nats.services.ServiceInfo;
import dev.midge.nats.services.ServicePing;
import dev.midge.nats.services.ServiceStats;
import dev.midge.nats.services.ServicesKt;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The callers' side: finds services (ADR-32), this client's and those of others, and takes answers
 * of several messages.
 *
 * <p>A handle without a life: it asks nothing until it is used. Streams ask when they are read and
 * take answers as they come, until the time is over; nobody there is an empty stream, at once. With
 * an id there is one answer, and the stream ends with it. Close a stream that is not read to its
 * end. All methods may be called from any thread.
 */
public final class Services {
  private final dev.midge.nats.NatsOperations nats;
  private final dev.midge.nats.services.Services services;

  private Services(dev.midge.nats.NatsOperations nats, dev.midge.nats.services.Services services) {
    this.nats = nats;
    this.services = services;
  }

  /**
   * Services that are found by the usual subjects.
   *
   * @param nats a connection, a pool or shards.
   * @return the handle.
   */
  public static Services of(NatsOperations nats) {
    return of(nats, "$SRV");
  }

  /**
   * Services that are found by other subjects than usual.
   *
   * @param nats a connection, a pool or shards.
   * @param apiPrefix what these subjects begin with.
   * @return the handle.
   */
  public static Services of(NatsOperations nats, String apiPrefix) {
    return new Services(nats.toKotlin(), ServicesKt.services(nats.toKotlin(), apiPrefix));
  }

  /**
   * All instances that there are, and answer within 2 seconds.
   *
   * @return their answers.
   */
  public Stream<ServicePing> ping() {
    return ping(null, null, null);
  }

  /**
   * The instances that there are.
   *
   * @param name those of this service; {@code null} for all.
   * @param id the one with this id; {@code null} for all.
   * @param within how long to wait for answers; {@code null} for 2 seconds.
   * @return their answers.
   * @throws IllegalArgumentException if there is an id without a name.
   */
  public Stream<ServicePing> ping(
      @Nullable String name, @Nullable String id, @Nullable Duration within) {
    return Pulled.stream(ServiceCalls.ping(services, name, id, within));
  }

  /**
   * What all instances do.
   *
   * @return their answers.
   */
  public Stream<ServiceInfo> info() {
    return info(null, null, null);
  }

  /**
   * What instances do.
   *
   * @param name those of this service; {@code null} for all.
   * @param id the one with this id; {@code null} for all.
   * @param within how long to wait for answers; {@code null} for 2 seconds.
   * @return their answers.
   */
  public Stream<ServiceInfo> info(
      @Nullable String name, @Nullable String id, @Nullable Duration within) {
    return Pulled.stream(ServiceCalls.info(services, name, id, within));
  }

  /**
   * What all instances have done.
   *
   * @return their answers.
   */
  public Stream<ServiceStats> stats() {
    return stats(null, null, null);
  }

  /**
   * What instances have done.
   *
   * @param name those of this service; {@code null} for all.
   * @param id the one with this id; {@code null} for all.
   * @param within how long to wait for answers; {@code null} for 2 seconds.
   * @return their answers.
   */
  public Stream<ServiceStats> stats(
      @Nullable String name, @Nullable String id, @Nullable Duration within) {
    return Pulled.stream(ServiceCalls.stats(services, name, id, within));
  }

  /**
   * The answers of a streaming endpoint, or of anything else that ends them with a message without
   * payload: complete, or a failure.
   *
   * @param subject where the request goes.
   * @param payload what it says.
   * @return the answers. Reading them fails with {@code ServiceErrorException} if the endpoint has
   *     failed, and with {@code RequestTimeoutException} if the end did not come in time.
   */
  public Stream<NatsMessage> requestStream(CharSequence subject, byte[] payload) {
    return requestStream(subject, payload, Headers.Empty, null);
  }

  /**
   * As the one without headers.
   *
   * @param subject where the request goes.
   * @param payload what it says.
   * @param headers its headers.
   * @param within the longest time for all answers; {@code null} takes the request timeout.
   * @return the answers.
   */
  public Stream<NatsMessage> requestStream(
      CharSequence subject, byte[] payload, Headers headers, @Nullable Duration within) {
    return Pulled.stream(
        ServiceCalls.requestStream(nats, Arguments.subject(subject), payload, headers, within));
  }

  /**
   * The error that a reply stands for (ADR-32): for replies that were gathered, such as those of
   * {@code requestMany}. A {@code request} throws it by itself.
   *
   * @param reply the reply.
   * @return empty if it is none.
   */
  public static Optional<ServiceErrorException> error(NatsMessage reply) {
    return Optional.ofNullable(RequestStreamKt.serviceError(reply));
  }

  /**
   * Asks the servers who would get a message, now: nothing is delivered or stored. Waits 2 seconds
   * at most. Needs nats-server 2.11.
   *
   * @param subject where the message would go.
   * @return the servers on its way, as a tree.
   * @throws dev.midge.nats.services.PathTraceNotSupportedException if the server in use is too old.
   */
  public PathTrace tracePath(CharSequence subject) {
    return tracePath(subject, null);
  }

  /**
   * As the one without a time.
   *
   * @param subject where the message would go.
   * @param within how long to wait for the servers; {@code null} for 2 seconds.
   * @return the servers on its way, as a tree.
   * @throws dev.midge.nats.RequestTimeoutException if not even the server in use has answered.
   */
  public PathTrace tracePath(CharSequence subject, @Nullable Duration within) {
    return BlockingCall.await(
        c -> ServiceCalls.tracePath(nats, Arguments.subject(subject), within, c));
  }

  @Override
  public String toString() {
    return services.toString();
  }
}
