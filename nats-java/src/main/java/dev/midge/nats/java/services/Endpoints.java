package dev.midge.nats.java.services;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.Reply;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.RequestHandler;
import dev.midge.nats.java.internal.Handlers;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.ServiceCalls;
import dev.midge.nats.java.internal.ServiceThread;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.services.EndpointOptions;
import dev.midge.nats.services.TypedEndpointsKt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Takes endpoints: those of a service, or of a group of it, whose prefix stands before their
 * subjects. Not safe to share between threads.
 *
 * <p>Handlers may block. They run on the executor of the options, or of the client. What they
 * return is published to the request's reply subject. An exception becomes a reply that the caller
 * sees as {@code ServiceErrorException}: its own code, words, body and headers if it is one,
 * otherwise 500 and its message.
 */
public sealed class Endpoints permits ServiceBuilder {
  private final dev.midge.nats.services.Endpoints core;
  private final ServiceThread threads;

  Endpoints(dev.midge.nats.services.Endpoints core, ServiceThread threads) {
    this.core = core;
    this.threads = threads;
  }

  /**
   * Instances share the requests to the endpoints here in a queue group, unless one of them says
   * something else. Default: that of the group around this one, or of the service; at the end of it
   * {@code q}.
   *
   * @param name its name.
   * @return this.
   */
  public Endpoints queueGroup(String name) {
    core.queueGroup(name);
    return this;
  }

  /**
   * Each instance gets each request to the endpoints here, unless one of them says something else.
   *
   * @return this.
   */
  public Endpoints noQueueGroup() {
    core.noQueueGroup();
    return this;
  }

  /**
   * Adds a group of endpoints.
   *
   * @param prefix what stands before their subjects; groups within it add theirs.
   * @param settings adds the endpoints.
   * @return this.
   * @throws IllegalArgumentException if the prefix ends with {@code >}.
   */
  public Endpoints group(String prefix, Consumer<Endpoints> settings) {
    core.group(prefix, Settings.of(group -> settings.accept(new Endpoints(group, threads))));
    return this;
  }

  /**
   * Adds an endpoint whose subject is its name.
   *
   * @param name what it is called.
   * @param handler answers with bytes.
   * @return this.
   * @throws IllegalArgumentException if the name has more than letters, digits, '-' and '_'.
   */
  public Endpoints endpoint(String name, RequestHandler<NatsMessage, byte[]> handler) {
    return endpoint(name, EndpointOptions.Default, handler);
  }

  /**
   * Adds an endpoint.
   *
   * @param name what it is called.
   * @param options its subject, queue group, metadata, and how its handler runs.
   * @param handler answers with bytes.
   * @return this.
   */
  public Endpoints endpoint(
      String name, EndpointOptions options, RequestHandler<NatsMessage, byte[]> handler) {
    core.endpoint(name, options, Handlers.replying(threads.around(handler), null));
    return this;
  }

  /**
   * As {@code endpoint}, for answers that have headers.
   *
   * @param name what it is called.
   * @param options its subject, queue group, metadata, and how its handler runs.
   * @param handler answers with bytes and headers.
   * @return this.
   */
  public Endpoints endpointWith(
      String name, EndpointOptions options, RequestHandler<NatsMessage, Reply> handler) {
    core.endpointWith(name, options, Handlers.replying(threads.around(handler), null));
    return this;
  }

  /**
   * As {@code endpoint}, for requests and answers that are values. A request that does not decode
   * is answered by an error with code 400, without asking the handler.
   *
   * @param <Q> the type of the requests.
   * @param <R> the type of the answers.
   * @param name what it is called.
   * @param requests reads the requests.
   * @param replies writes the answers.
   * @param handler answers.
   * @return this.
   */
  public <Q, R> Endpoints endpoint(
      String name, Codec<Q> requests, Codec<R> replies, RequestHandler<Q, R> handler) {
    return endpoint(name, EndpointOptions.Default, requests, replies, handler);
  }

  /**
   * As the one without options.
   *
   * @param <Q> the type of the requests.
   * @param <R> the type of the answers.
   * @param name what it is called.
   * @param options its subject, queue group, metadata, and how its handler runs.
   * @param requests reads the requests.
   * @param replies writes the answers.
   * @param handler answers.
   * @return this.
   */
  public <Q, R> Endpoints endpoint(
      String name,
      EndpointOptions options,
      Codec<Q> requests,
      Codec<R> replies,
      RequestHandler<Q, R> handler) {
    TypedEndpointsKt.<Q, R>endpoint(
        core,
        name,
        PayloadCodecs.of(requests),
        PayloadCodecs.of(replies),
        options,
        Handlers.replyingByCodec(threads.around(handler), null));
    return this;
  }

  /**
   * As {@code endpoint}, for answers of several messages: each element is one, and one without
   * payload is the end, which {@link Services#requestStream} waits for. An exception is told before
   * the end. Elements have to have a payload.
   *
   * @param name what it is called.
   * @param options its subject, queue group, metadata, and how its handler runs.
   * @param handler answers with a stream, which is read to its end and closed where it ran.
   * @return this.
   */
  public Endpoints streamingEndpoint(
      String name, EndpointOptions options, RequestHandler<NatsMessage, Stream<byte[]>> handler) {
    core.streamingEndpoint(
        name,
        options,
        ServiceCalls.<NatsMessage, byte[]>streaming(
            Handlers.replying(threads.around(handler), null)));
    return this;
  }

  /**
   * As {@code streamingEndpoint}, for requests and answers that are values.
   *
   * @param <Q> the type of the requests.
   * @param <R> the type of the answers.
   * @param name what it is called.
   * @param options its subject, queue group, metadata, and how its handler runs.
   * @param requests reads the requests.
   * @param replies writes the answers.
   * @param handler answers with a stream, which is read to its end and closed where it ran.
   * @return this.
   */
  public <Q, R> Endpoints streamingEndpoint(
      String name,
      EndpointOptions options,
      Codec<Q> requests,
      Codec<R> replies,
      RequestHandler<Q, Stream<R>> handler) {
    TypedEndpointsKt.<Q, R>streamingEndpoint(
        core,
        name,
        PayloadCodecs.of(requests),
        PayloadCodecs.of(replies),
        options,
        ServiceCalls.<Q, R>streaming(Handlers.replying(threads.around(handler), null)));
    return this;
  }
}
