package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.ConnectionState;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsEvent;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.NatsStats;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.OutgoingMessage;
import dev.midge.nats.Overflow;
import dev.midge.nats.RequestTimeoutException;
import dev.midge.nats.Subject;
import dev.midge.nats.java.MessageHandler;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.SubscribeOptions;
import dev.midge.nats.java.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The Midge half of docs/from-jnats.md, line for line; {@link JnatsCalls} is the other. */
@SuppressWarnings({"unused", "try"})
final class MidgeCalls {
  private MidgeCalls() {}

  static void connect() {
    // snippet: connect
    // Midge
    NatsClient nats = NatsClient.connect("nats://localhost:4222");
    // end
  }

  static void options() {
    // snippet: options
    // Midge
    NatsOptions options =
        NatsOptions.builder()
            .servers("nats://a:4222", "nats://b:4222")
            .name("orders")
            .auth(new NatsAuth.CredentialsFile(Path.of("orders.creds")))
            .timeouts(t -> t.connect(Duration.ofSeconds(3)))
            .reconnect(r -> r.wait(Duration.ofSeconds(1)))
            .build();
    NatsClient nats = NatsClient.connect(options);
    // end
  }

  static void publish(NatsClient nats, byte[] payload) {
    // snippet: publish
    // Midge
    nats.publish("orders.new", payload);
    // end
  }

  static void publishAll(NatsClient nats, byte[] payload, Headers headers) {
    // snippet: headersAndReply
    // Midge
    nats.publish("orders.new", payload, headers, "orders.answers");
    // end
  }

  static void message(NatsClient nats, byte[] payload, Headers headers) {
    // snippet: message
    // Midge
    OutgoingMessage message = new OutgoingMessage(new Subject("orders.new"), payload, headers);
    nats.publish(message);
    // end
  }

  static void headers(NatsMessage message) {
    // snippet: headers
    // Midge
    Headers headers = Headers.of("Trace-Id", "7f3a").with("Accept", "json").with("Accept", "cbor");
    String traceId = headers.get("Trace-Id");
    List<String> accepted = headers.values("Accept"); // empty if there is none
    // end
  }

  static void request(NatsClient nats, byte[] payload) {
    // snippet: request
    // Midge
    try {
      NatsMessage reply = nats.request("greet", payload, Duration.ofSeconds(2));
      System.out.println(reply.text());
    } catch (NoRespondersException | RequestTimeoutException e) {
      System.out.println(e.getMessage());
    }
    // end
  }

  static void future(NatsClient nats, byte[] payload) {
    // snippet: future
    // Midge
    CompletableFuture<NatsMessage> reply =
        nats.async().request("greet", payload, Duration.ofSeconds(2));
    // end
  }

  static void respond(NatsClient nats) {
    // snippet: respond
    // Midge
    nats.respond("greet", "workers", request -> "hi".getBytes(UTF_8));
    // end
  }

  static void handler(NatsClient nats) {
    // snippet: handler
    // Midge
    nats.subscribe("orders.*", m -> System.out.println(m.subject()));
    // end
  }

  static void next(NatsClient nats) {
    // snippet: next
    // Midge
    Subscription<NatsMessage> orders = nats.subscribe("orders.*");
    Optional<NatsMessage> message = orders.next(Duration.ofSeconds(1));
    // end
  }

  static void queue(NatsClient nats, MessageHandler<NatsMessage> handler) {
    // snippet: queue
    // Midge
    Subscription<NatsMessage> pulled = nats.subscribe("jobs", "workers");
    Subscription<NatsMessage> handled = nats.subscribe("jobs", "workers", handler);
    // end
  }

  static void unsubscribe(Subscription<NatsMessage> orders) {
    // snippet: unsubscribe
    // Midge
    orders.unsubscribe(10);
    orders.close();
    // end
  }

  static void drain(NatsClient nats, Subscription<NatsMessage> orders) {
    // snippet: drain
    // Midge
    orders.drain(Duration.ofSeconds(10));
    nats.drain(Duration.ofSeconds(10));
    // end
  }

  static void flush(NatsClient nats) {
    // snippet: flush
    // Midge
    nats.flush(Duration.ofSeconds(2));
    // end
  }

  static void close(NatsClient nats) {
    // snippet: close
    // Midge
    nats.close();
    // end
  }

  static void listen(NatsOptions options) {
    // snippet: listen
    // Midge
    NatsClient nats = NatsClient.create(options);
    nats.onEvent(
        event -> {
          if (event instanceof NatsEvent.Disconnected lost) System.out.println(lost.cause());
          else System.out.println(event);
        });
    nats.connect();
    // end
  }

  static void state(NatsClient nats) {
    // snippet: state
    // Midge
    ConnectionState state = nats.state();
    NatsStats stats = nats.stats();
    long received = stats.receivedMessages();
    // end
  }

  static void limits(NatsClient nats, MessageHandler<NatsMessage> handler) {
    // snippet: limits
    // Midge
    Overflow overflow = new Overflow.DropNewest(1_000, 1_000_000);
    SubscribeOptions options = SubscribeOptions.defaults().withOverflow(overflow);
    Subscription<NatsMessage> ticks = nats.subscribe(new Subject("ticks"), options, handler);
    // end
  }
}
