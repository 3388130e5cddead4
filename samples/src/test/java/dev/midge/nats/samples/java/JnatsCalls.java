package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Statistics;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The jnats half of docs/from-jnats.md, line for line; {@link MidgeCalls} is the other. */
@SuppressWarnings({"unused", "try"})
final class JnatsCalls {
  private JnatsCalls() {}

  static void connect() throws Exception {
    // snippet: connect
    // jnats
    Connection nc = Nats.connect("nats://localhost:4222");
    // end
  }

  static void options() throws Exception {
    // snippet: options
    // jnats
    Options options =
        Options.builder()
            .servers(new String[] {"nats://a:4222", "nats://b:4222"})
            .connectionName("orders")
            .authHandler(Nats.credentials("orders.creds"))
            .connectionTimeout(Duration.ofSeconds(3))
            .reconnectWait(Duration.ofSeconds(1))
            .maxReconnects(-1)
            .build();
    Connection nc = Nats.connect(options);
    // end
  }

  static void publish(Connection nc, byte[] payload) {
    // snippet: publish
    // jnats
    nc.publish("orders.new", payload);
    // end
  }

  static void publishAll(Connection nc, byte[] payload, Headers headers) {
    // snippet: headersAndReply
    // jnats
    nc.publish("orders.new", "orders.answers", headers, payload);
    // end
  }

  static void message(Connection nc, byte[] payload, Headers headers) {
    // snippet: message
    // jnats
    Message message =
        NatsMessage.builder().subject("orders.new").headers(headers).data(payload).build();
    nc.publish(message);
    // end
  }

  static void headers(Message message) {
    // snippet: headers
    // jnats
    Headers headers = new Headers().add("Trace-Id", "7f3a").add("Accept", "json", "cbor");
    String traceId = headers.getFirst("Trace-Id");
    List<String> accepted = headers.get("Accept"); // null if there is none
    // end
  }

  static void request(Connection nc, byte[] payload) throws Exception {
    // snippet: request
    // jnats
    Message reply = nc.request("greet", payload, Duration.ofSeconds(2));
    if (reply == null) System.out.println("no reply, for whatever reason");
    else System.out.println(new String(reply.getData(), UTF_8));
    // end
  }

  static void future(Connection nc, byte[] payload) {
    // snippet: future
    // jnats
    CompletableFuture<Message> reply =
        nc.requestWithTimeout("greet", payload, Duration.ofSeconds(2));
    // end
  }

  static void respond(Connection nc) {
    // snippet: respond
    // jnats
    Dispatcher dispatcher =
        nc.createDispatcher(request -> nc.publish(request.getReplyTo(), "hi".getBytes(UTF_8)));
    dispatcher.subscribe("greet", "workers");
    // end
  }

  static void handler(Connection nc) {
    // snippet: handler
    // jnats
    Dispatcher dispatcher = nc.createDispatcher(m -> System.out.println(m.getSubject()));
    dispatcher.subscribe("orders.*");
    // end
  }

  static void next(Connection nc) throws Exception {
    // snippet: next
    // jnats
    Subscription orders = nc.subscribe("orders.*");
    Message message = orders.nextMessage(Duration.ofSeconds(1)); // null if there is none
    // end
  }

  static void queue(Connection nc, Dispatcher dispatcher, MessageHandler handler) {
    // snippet: queue
    // jnats
    Subscription pulled = nc.subscribe("jobs", "workers");
    dispatcher.subscribe("jobs", "workers", handler);
    // end
  }

  static void unsubscribe(Subscription orders) {
    // snippet: unsubscribe
    // jnats
    orders.unsubscribe(10);
    orders.unsubscribe();
    // end
  }

  static void drain(Connection nc, Subscription orders) throws Exception {
    // snippet: drain
    // jnats
    boolean ordersDone = orders.drain(Duration.ofSeconds(10)).get();
    boolean allDone = nc.drain(Duration.ofSeconds(10)).get();
    // end
  }

  static void flush(Connection nc) throws Exception {
    // snippet: flush
    // jnats
    nc.flush(Duration.ofSeconds(2));
    // end
  }

  static void close(Connection nc) throws Exception {
    // snippet: close
    // jnats
    nc.close();
    // end
  }

  static void listen() throws Exception {
    // snippet: listen
    // jnats
    ConnectionListener listener = (connection, event) -> System.out.println(event);
    ErrorListener errors =
        new ErrorListener() {
          @Override
          public void errorOccurred(Connection connection, String error) {
            System.out.println(error);
          }

          @Override
          public void exceptionOccurred(Connection connection, Exception exception) {
            System.out.println(exception);
          }
        };
    Options options = Options.builder().connectionListener(listener).errorListener(errors).build();
    Connection nc = Nats.connect(options);
    // end
  }

  static void state(Connection nc) {
    // snippet: state
    // jnats
    Connection.Status status = nc.getStatus();
    Statistics statistics = nc.getStatistics();
    long received = statistics.getInMsgs();
    // end
  }

  static void limits(Dispatcher dispatcher, MessageHandler handler) {
    // snippet: limits
    // jnats
    Subscription ticks = dispatcher.subscribe("ticks", handler);
    dispatcher.setPendingLimits(1_000, 1_000_000);
    // end
  }
}
