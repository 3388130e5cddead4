package dev.midge.nats.java.services;

import dev.midge.nats.java.NatsOperations;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.ServiceThread;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.services.ServiceInfo;
import dev.midge.nats.services.ServiceKt;
import dev.midge.nats.services.ServiceStats;
import java.util.function.Consumer;

/**
 * An instance of a service (ADR-32): it answers requests to its endpoints, and those of everybody
 * who looks for services. All methods may be called from any thread, and more than once.
 *
 * <p>It ends by {@link #close}, with its client, or for the reason that {@link #awaitEnd} throws. A
 * loss of the connection that is mended does not end it.
 */
public final class Service implements AutoCloseable {
  private final dev.midge.nats.services.Service service;
  private final ServiceThread threads;

  private Service(dev.midge.nats.services.Service service, ServiceThread threads) {
    this.service = service;
    this.threads = threads;
  }

  /**
   * Starts an instance and returns when the server knows of all of its endpoints: whoever asks
   * afterwards is answered.
   *
   * @param nats a connection, a pool or shards.
   * @param name the name of the service: letters, digits, '-' and '_'.
   * @param version its version, by the rules of Semantic Versioning.
   * @param settings sets what it says of itself, and adds its endpoints.
   * @return the instance.
   * @throws IllegalArgumentException if a name, a version or an option is not valid.
   * @throws dev.midge.nats.PermissionViolationException if the server does not let this user
   *     subscribe to what is needed. If this throws anything, nothing of the service is left.
   */
  public static Service start(
      NatsOperations nats, String name, String version, Consumer<ServiceBuilder> settings) {
    ServiceThread threads = new ServiceThread();
    Consumer<dev.midge.nats.services.ServiceBuilder> wrapping =
        core -> settings.accept(new ServiceBuilder(core, threads));
    return new Service(
        BlockingCall.await(
            c -> ServiceKt.service(nats.toKotlin(), name, version, Settings.of(wrapping), c)),
        threads);
  }

  /**
   * The id of this instance, which no other one has.
   *
   * @return the id.
   */
  public String id() {
    return service.id();
  }

  /**
   * Whether requests are still taken.
   *
   * @return whether they are.
   */
  public boolean isActive() {
    return service.isActive();
  }

  /**
   * What it says of itself to those who look for it.
   *
   * @return name, version, endpoints and the rest.
   */
  public ServiceInfo info() {
    return service.info();
  }

  /**
   * What it has done. Asks endpoints for their own data, which may block.
   *
   * @return the counters of its endpoints.
   */
  public ServiceStats stats() {
    return service.stats();
  }

  /** Sets all counters to zero, and forgets the last errors. */
  public void reset() {
    service.reset();
  }

  /**
   * Adds endpoints, and returns when the server knows of them. None can be taken away again.
   *
   * @param settings adds them.
   * @throws IllegalStateException if the service is stopped.
   * @throws dev.midge.nats.PermissionViolationException if the server does not let this user
   *     subscribe to one; the service stops for it.
   */
  public void add(Consumer<Endpoints> settings) {
    Consumer<dev.midge.nats.services.Endpoints> wrapping =
        core -> settings.accept(new Endpoints(core, threads));
    BlockingCall.await(c -> service.add(Settings.of(wrapping), c));
  }

  /**
   * Begins what {@link #close} does, and does not wait for it: for a handler that ends its own
   * service.
   */
  public void stop() {
    service.close();
  }

  /**
   * Returns once the service has ended, by {@link #close} or with its client.
   *
   * @throws dev.midge.nats.NatsException what has ended it before its time: the server does not
   *     permit one of its subscriptions, or the connection was lost for good.
   */
  public void awaitEnd() {
    BlockingCall.await(c -> service.awaitEnd(c));
  }

  /**
   * Takes no more requests, answers those that have come, then cannot be found any more, and
   * returns.
   *
   * @throws dev.midge.nats.DrainTimeoutException if handlers took longer than the client lets them;
   *     what waited for them was discarded, and the service has ended.
   * @throws IllegalStateException if a handler of the service calls it: it would wait for itself.
   *     Nothing is ended.
   */
  @Override
  public void close() {
    if (threads.isCurrent()) {
      throw new IllegalStateException(
          "close() was called by a handler of this service and would wait for itself; use stop()");
    }
    BlockingCall.await(c -> service.stop(c));
  }

  @Override
  public String toString() {
    return service.toString();
  }
}
