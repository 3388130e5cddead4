package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsContext;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.ServiceErrorException;
import dev.midge.nats.Subject;
import dev.midge.nats.java.Codec;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.Subscription;
import dev.midge.nats.java.services.Service;
import dev.midge.nats.java.services.Services;
import dev.midge.nats.services.EndpointOptions;
import dev.midge.nats.services.EndpointStats;
import dev.midge.nats.services.PathTrace;
import dev.midge.nats.services.ServiceInfo;
import dev.midge.nats.services.ServicePing;
import dev.midge.nats.services.ServiceStats;
import dev.midge.nats.services.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The Java half of docs/services.md, line for line; ServicesTasks.kt is the other.
 * ServicesGuideSpec compares and runs them.
 */
public final class ServicesTasks {
  /** What is ordered. */
  public record Item(String name, int count) {}

  /** What it costs. */
  public record Price(int total) {}

  private static final byte[] NOTHING = {};
  private final NatsClient nats;
  private final Map<String, String> stored = Map.of("17", "coffee");

  public ServicesTasks(NatsClient nats) {
    this.nats = nats;
  }

  private static byte[] create(String order) {
    return ("created " + order).getBytes(UTF_8);
  }

  public Service start() {
    // snippet: start
    Service service =
        Service.start(
            nats,
            "orders",
            "1.2.0",
            orders ->
                orders
                    .description("takes orders")
                    .metadata(Map.of("team", "shop"))
                    .group("orders.v1", v1 -> v1.endpoint("create", it -> create(it.text()))));
    // end
    return service;
  }

  public String call() {
    // snippet: call
    NatsMessage reply = nats.request("orders.v1.create", "coffee");
    // end
    return reply.text();
  }

  public void fail(Service service) {
    // snippet: fail
    EndpointOptions anyId = EndpointOptions.builder().subject("orders.v1.find.*").build();
    service.add(
        orders ->
            orders.endpoint(
                "find",
                anyId,
                request -> {
                  String id = request.subject().substring("orders.v1.find.".length());
                  String order = stored.get(id);
                  if (order == null) throw new ServiceErrorException(404, "no order " + id);
                  return order.getBytes(UTF_8);
                }));
    // end
  }

  public String handle(String id) {
    String found;
    // snippet: handle
    try {
      found = nats.request("orders.v1.find." + id, "").text();
    } catch (ServiceErrorException e) {
      found = e.code() + ": " + e.error(); // e.body() and e.headers() have what came with it
    }
    // end
    return found;
  }

  public int typed(Service service) {
    // snippet: typed
    Codec<Item> items = Codecs.json(Item.class);
    Codec<Price> prices = Codecs.json(Price.class);
    service.add(
        orders ->
            orders.group(
                "orders.v1",
                v1 -> v1.endpoint("price", items, prices, item -> new Price(item.count() * 3))));
    Price price = nats.subject("orders.v1.price", items).request(new Item("coffee", 2), prices);
    // end
    return price.total();
  }

  public Service share() {
    // snippet: share
    EndpointOptions parallel = EndpointOptions.builder().concurrency(8).build();
    EndpointOptions alone = EndpointOptions.builder().noQueueGroup().build();
    Service service =
        Service.start(
            nats,
            "audit",
            "1.0.0",
            audit ->
                audit
                    .queueGroup("auditors") // instead of "q"
                    .endpoint("check", parallel, NatsMessage::payload)
                    .endpoint("refresh", alone, NatsMessage::payload)); // every instance does
    // end
    return service;
  }

  public List<String> stream(Service service) {
    List<String> texts;
    // snippet: stream
    service.add(
        orders ->
            orders.streamingEndpoint(
                "list",
                EndpointOptions.builder().subject("orders.v1.list").build(),
                request ->
                    IntStream.rangeClosed(1, 3).mapToObj(i -> ("order " + i).getBytes(UTF_8))));
    Services services = Services.of(nats);
    try (Stream<NatsMessage> all = services.requestStream("orders.v1.list", NOTHING)) {
      texts = all.map(NatsMessage::text).toList();
    }
    // end
    return texts;
  }

  public ServiceInfo find() {
    ServicePing one;
    ServiceInfo about;
    // snippet: find
    Services services = Services.of(nats);
    try (Stream<ServicePing> all = services.ping("orders", null, Duration.ofSeconds(2))) {
      one = all.findFirst().orElseThrow();
    }
    try (Stream<ServiceInfo> all = services.info("orders", one.id(), Duration.ofSeconds(2))) {
      about = all.findFirst().orElseThrow();
    }
    // end
    return about;
  }

  public ServiceStats stats(Service service) {
    // snippet: stats
    EndpointOptions counted =
        EndpointOptions.builder().statsData(() -> "{\"entries\":" + stored.size() + "}").build();
    service.add(orders -> orders.endpoint("cached", counted, NatsMessage::payload));
    ServiceStats stats =
        Services.of(nats).stats("orders", service.id(), null).findFirst().orElseThrow();
    for (EndpointStats endpoint : stats.endpoints()) {
      System.out.println(endpoint.name() + ": " + endpoint.averageProcessingTime());
    }
    // end
    return stats;
  }

  public List<String> gather() {
    List<String> offers;
    // snippet: gather
    RequestManyLimits limits =
        RequestManyLimits.builder().total(Duration.ofSeconds(5)).maxMessages(3).build();
    byte[] wanted = "coffee".getBytes(UTF_8);
    try (Stream<NatsMessage> all = nats.requestMany("offers", wanted, Headers.Empty, limits)) {
      offers = all.map(NatsMessage::text).toList();
    }
    // end
    return offers;
  }

  public List<String> scatter() {
    List<String> offers = new ArrayList<>();
    // snippet: scatter
    Subject inbox = nats.newInbox();
    try (Subscription<NatsMessage> replies = nats.subscribe(inbox)) {
      for (String shop : List.of("offers.north", "offers.south")) {
        nats.publish(shop, "coffee".getBytes(UTF_8), Headers.Empty, inbox);
      }
      while (offers.size() < 2) {
        Optional<NatsMessage> offer = replies.next(Duration.ofSeconds(5));
        if (offer.isEmpty()) break;
        offers.add(offer.get().text());
      }
    }
    // end
    return offers;
  }

  public PathTrace trace() {
    // snippet: trace
    PathTrace trace = Services.of(nats).tracePath("orders.v1.create");
    for (TraceEvent receiver : trace.receivers()) {
      System.out.println(receiver.name() + " as " + receiver.queueGroup());
    }
    System.out.println(trace); // the servers, as a tree
    // end
    return trace;
  }

  public NatsOptions context() {
    // snippet: context
    NatsOptions options =
        NatsContext.load("production").applyTo(NatsOptions.builder()).name("orders").build();
    // end
    return options;
  }

  public void stop(Service service) {
    // snippet: stop
    service.close();
    // end
  }
}
