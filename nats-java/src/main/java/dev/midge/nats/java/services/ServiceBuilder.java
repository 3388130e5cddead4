package dev.midge.nats.java.services;

import dev.midge.nats.java.internal.ServiceThread;
import java.util.Map;

/**
 * Collects what a service is to be: what it says of itself, and its endpoints. Not safe to share
 * between threads.
 */
public final class ServiceBuilder extends Endpoints {
  private final dev.midge.nats.services.ServiceBuilder core;

  ServiceBuilder(dev.midge.nats.services.ServiceBuilder core, ServiceThread threads) {
    super(core, threads);
    this.core = core;
  }

  /**
   * Sets what the service is for.
   *
   * @param description a text.
   * @return this.
   */
  public ServiceBuilder description(String description) {
    core.description(description);
    return this;
  }

  /**
   * Sets what the service has for those who know the names.
   *
   * @param metadata names and values.
   * @return this.
   */
  public ServiceBuilder metadata(Map<String, String> metadata) {
    core.metadata(metadata);
    return this;
  }

  /**
   * Sets what the subjects begin with by which services are found, instead of {@code $SRV}.
   *
   * @param apiPrefix one token or more.
   * @return this.
   */
  public ServiceBuilder apiPrefix(String apiPrefix) {
    core.apiPrefix(apiPrefix);
    return this;
  }
}
