package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.java.Codecs;
import dev.midge.nats.java.NatsAsyncClient;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.TypedSubject;
import dev.midge.nats.java.jetstream.Consuming;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.java.jetstream.NatsConsumer;
import dev.midge.nats.java.jetstream.NatsStream;
import dev.midge.nats.java.kv.KeyValue;
import dev.midge.nats.java.kv.KeyValues;
import dev.midge.nats.java.objectstore.ObjectStore;
import dev.midge.nats.java.objectstore.ObjectStores;
import dev.midge.nats.java.services.Service;
import dev.midge.nats.jetstream.StreamConfig;
import dev.midge.nats.kv.KeyValueConfig;
import dev.midge.nats.objectstore.ObjectStoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Each method holds one Java snippet of the README, line for line: {@code ReadmeSpec} compares and
 * runs them, the compiler checks them.
 */
public final class ReadmeSnippets {
  private ReadmeSnippets() {}

  /** Stands where the README has the address of a server on this machine. */
  private static String url = "";

  /** Runs the first program with the server at {@code server}. */
  public static void first(String server) {
    url = server;
    First.main(new String[0]);
  }

  // snippet: first
  public static class First {
    public static void main(String[] args) {
      NatsClient nats = NatsClient.connect(url);

      nats.subscribe("people.*", m -> System.out.println(m.subject() + ": " + m.text()));
      nats.publish("people.joe", "hello");

      nats.respond("greet", "workers", request -> ("hi " + request.text()).getBytes(UTF_8));
      NatsMessage reply = nats.request("greet", "joe");
      System.out.println(reply.text());

      nats.drain(); // everything received is handled, everything published is confirmed
    }
  }

  // end

  public static void jetStream(NatsClient nats, byte[] payload) {
    // snippet: jetstream
    JetStream js = JetStream.of(nats);
    NatsStream orders =
        js.createStream(StreamConfig.builder("ORDERS").subjects("orders.>").build());
    js.publish("orders.new", payload); // returns when it is stored

    NatsConsumer billing = orders.createConsumer("billing", config -> {});
    Consuming running = billing.consume(8, order -> System.out.println(order.text()));
    running.drain(); // before the program ends: what is here is handled
    // end
  }

  public static void keyValue(NatsClient nats) {
    // snippet: buckets
    KeyValues buckets = KeyValues.of(JetStream.of(nats));
    buckets.createKeyValue(KeyValueConfig.builder("limits").history(5).build());
    KeyValue<Integer> limits = buckets.keyValue("limits", Codecs.json(Integer.class));
    limits.put("api.search", 100);
    limits.compareAndSet(
        "api.search", old -> old == null ? 1 : old + 1); // nobody else's write between
    // end
  }

  public static void objects(NatsClient nats, Path film, Path copy) throws IOException {
    // snippet: objects
    ObjectStores stores = ObjectStores.of(JetStream.of(nats));
    ObjectStore assets = stores.createObjectStore(ObjectStoreConfig.builder("assets").build());
    assets.put("films/spring.mp4", film); // a file of any size, in chunks
    assets.get("films/spring.mp4").writeTo(copy); // there when it is whole and its SHA-256 is right
    // end
  }

  public static Service services(NatsClient nats) {
    // snippet: services
    Service service =
        Service.start(
            nats,
            "orders",
            "1.2.0",
            orders ->
                orders.group(
                    "orders.v1",
                    v1 -> v1.endpoint("create", it -> ("order of " + it.text()).getBytes(UTF_8))));
    System.out.println(nats.request("orders.v1.create", "coffee").text());
    // end
    return service;
  }

  public static void futures(NatsClient nats) {
    // snippet: futures
    NatsAsyncClient async = nats.async(); // a view of the same connection

    CompletableFuture<NatsMessage> reply = async.request("greet", "joe");
    reply.thenAccept(message -> System.out.println(message.text())).join();
    // end
  }

  public static void typed(NatsClient nats) {
    // snippet: typed
    record Customer(int age, String name) {}

    TypedSubject<Customer> customers = nats.subject("customers", Codecs.json(Customer.class));
    customers.subscribe(message -> System.out.println(message.value().name()));
    customers.publish(new Customer(30, "Joe"));
    customers.publishAll(List.of(new Customer(31, "Jane"), new Customer(32, "Jim")));
    // end
  }
}
