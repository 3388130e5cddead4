package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.NoRespondersException;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.samples.Lesson;
import dev.midge.nats.samples.SampleServer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Midge in nine steps. Run it with {@code mvn -q -Pquickstart
 * -Dsample=dev.midge.nats.samples.java.Quickstart}: it prints each step, the lines of this file
 * that belong to it, and what they did.
 *
 * <p>It needs nothing installed, for it brings a small server of its own; set NATS_URL to use
 * another one.
 */
public final class Quickstart {
  private final Lesson lesson = new Lesson("Quickstart.java");

  private Quickstart() {}

  /** Runs the lesson. */
  public static void main(String[] args) {
    try (var server = SampleServer.start()) {
      System.out.printf(
          "Midge quickstart in Java, with %s at %s%n", server.getDescription(), server.getUrl());
      new Quickstart().run(server.getUrl());
    } catch (ConnectFailedException e) {
      System.out.println("There is no server to learn with: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run(String url) {
    lesson.step("Connect");
    // One client serves a whole program, from any number of threads.
    var nats = NatsClient.connect(url);
    var version = nats.serverInfo().orElseThrow().version();
    lesson.effect("connected: the server speaks NATS " + version);

    publishAndSubscribe(nats);
    requestAndReply(nats);
    shareWork(nats);

    lesson.step("How fast?");
    // One thread publishes for a second, a handler receives it all: see Speed.java.
    var speed = Speed.ofOneSecond(nats);
    lesson.effect(speed.toString());

    lesson.step("Drain");
    // Everything published reaches the server, everything received is handled, then it closes.
    nats.drain();
    lesson.effect("the connection is " + nats.state());
  }

  private void publishAndSubscribe(NatsClient nats) {
    lesson.step("Publish and subscribe");
    // The server delivers from the moment subscribe() returns; messages wait until they are taken.
    var tea = nats.subscribe("orders.tea");
    nats.publish("orders.tea", "two cups".getBytes(UTF_8));
    var order = tea.next().orElseThrow();
    tea.close();
    lesson.effect("received '%s' on %s".formatted(order.text(), order.subject()));

    lesson.step("Wildcards");
    // A * stands for one token of a subject, a > for all that follow. Closing a stream
    // unsubscribes.
    try (var orders = nats.subscribe("orders.*").stream()) {
      nats.publish("orders.tea", "one".getBytes(UTF_8));
      nats.publish("orders.tea.green", "two".getBytes(UTF_8));
      nats.publish("orders.coffee", "three".getBytes(UTF_8));
      var subjects = orders.limit(2).map(NatsMessage::subject).toList();
      lesson.effect("received %s: orders.tea.green has one token too many".formatted(subjects));
    }

    lesson.step("Headers");
    // Metadata travels beside the payload; a name may have several values.
    try (var invoices = nats.subscribe("invoices")) {
      nats.publish("invoices", "42 EUR".getBytes(UTF_8), Headers.of("Trace-Id", "7f3a"));
      var invoice = invoices.next().orElseThrow();
      var traceId = invoice.headers().get("Trace-Id");
      lesson.effect("received '%s' with Trace-Id %s".formatted(invoice.text(), traceId));
    }
  }

  private void requestAndReply(NatsClient nats) {
    lesson.step("Request and reply");
    // What the handler returns is the reply. Handlers may block: each runs on a virtual thread of
    // its own where there are any, from JDK 21 on.
    nats.respond("greet", request -> ("hello " + request.text()).getBytes(UTF_8));
    var reply = nats.request("greet", "joe".getBytes(UTF_8));
    lesson.effect("the reply is '%s'".formatted(reply.text()));

    lesson.step("Nobody there");
    // The server knows that nobody subscribes, so that a request fails at once, not after a
    // timeout.
    try {
      nats.request("nobody.home", "anybody?".getBytes(UTF_8));
    } catch (NoRespondersException e) {
      lesson.effect("NoRespondersException: " + e.getMessage());
    }
  }

  private void shareWork(NatsClient nats) {
    lesson.step("Queue groups");
    // Members of a queue group share the messages: each job goes to one of the two workers.
    var one = new AtomicInteger();
    var other = new AtomicInteger();
    var first = nats.subscribe("jobs", "workers", job -> one.incrementAndGet());
    var second = nats.subscribe("jobs", "workers", job -> other.incrementAndGet());
    for (int i = 0; i < 100; i++) nats.publish("jobs", ("job " + i).getBytes(UTF_8));
    // Draining a subscription waits until its handler is done with the last message.
    first.drain();
    second.drain();
    var sum = one.get() + other.get();
    lesson.effect("%s jobs to one worker, %s to the other: %d of 100".formatted(one, other, sum));
  }
}
