package dev.midge.nats.samples.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.Subscription;
import dev.midge.nats.samples.Lesson;
import dev.midge.nats.samples.SampleServer;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Work that several share. Run it with {@code mvn -q -Pquickstart
 * -Dsample=dev.midge.nats.samples.java.QueueWorkers}.
 */
public final class QueueWorkers {
  private final Lesson lesson = new Lesson("QueueWorkers.java");

  private QueueWorkers() {}

  /** Runs the lesson. */
  public static void main(String[] args) {
    try (var server = SampleServer.start();
        var nats = NatsClient.connect(server.getUrl())) {
      System.out.printf(
          "Queue workers in Java, with %s at %s%n", server.getDescription(), server.getUrl());
      new QueueWorkers().run(nats);
    }
  }

  private void run(NatsClient nats) {
    lesson.step("Share the work");
    // Each job goes to one member of the queue group. Here they share a connection; elsewhere each
    // is a program of its own.
    var jobs = new ConcurrentLinkedQueue<String>();
    var workers =
        Stream.generate(() -> nats.subscribe("jobs", "workers", job -> jobs.add(job.text())))
            .limit(3)
            .toList();
    for (int i = 0; i < 300; i++) nats.publish("jobs", ("job " + i).getBytes(UTF_8));
    // Draining a subscription waits until its handler is done with the last message.
    workers.forEach(Subscription::drain);
    var shares = workers.stream().map(Subscription::receivedMessages).toList();
    var twice = jobs.size() - new HashSet<>(jobs).size();
    lesson.effect(
        "3 workers did %s jobs: %d of 300, %d of them twice".formatted(shares, jobs.size(), twice));

    lesson.step("Groups beside each other");
    // One member of every group gets a message, and so does every subscriber without a group.
    var billing = new AtomicInteger();
    var shipping = new AtomicInteger();
    var log = new AtomicInteger();
    var subscriptions =
        List.of(
            nats.subscribe("orders", "billing", order -> billing.incrementAndGet()),
            nats.subscribe("orders", "shipping", order -> shipping.incrementAndGet()),
            nats.subscribe("orders", "shipping", order -> shipping.incrementAndGet()),
            nats.subscribe("orders", order -> log.incrementAndGet()));
    for (int i = 0; i < 10; i++) nats.publish("orders", ("order " + i).getBytes(UTF_8));
    subscriptions.forEach(Subscription::drain);
    lesson.effect(
        "10 orders: %s to billing, %s to shipping, %s to the log"
            .formatted(billing, shipping, log));

    leave(nats);

    lesson.step("Answer in a group");
    // One responder handles one request after the other; four of them, four at a time.
    for (int i = 0; i < 4; i++) {
      nats.respond("square", "calculators", request -> square(request.text()).getBytes(UTF_8));
    }
    var requests =
        IntStream.range(0, 100)
            .mapToObj(i -> nats.async().request("square", Integer.toString(i).getBytes(UTF_8)))
            .toList();
    var sum = requests.stream().mapToInt(reply -> Integer.parseInt(reply.join().text())).sum();
    lesson.effect("%d answers, which add up to %d".formatted(requests.size(), sum));
    nats.drain();
  }

  private void leave(NatsClient nats) {
    lesson.step("Leave without losing a job");
    // Who drains gets nothing new and finishes what it has; the others go on.
    var one = new AtomicInteger();
    var other = new AtomicInteger();
    var leaving = nats.subscribe("tasks", "workers", task -> one.incrementAndGet());
    var staying = nats.subscribe("tasks", "workers", task -> other.incrementAndGet());
    for (int i = 0; i < 50; i++) nats.publish("tasks", ("task " + i).getBytes(UTF_8));
    leaving.drain();
    var doneBefore = one.get();
    for (int i = 0; i < 50; i++) nats.publish("tasks", ("another task " + i).getBytes(UTF_8));
    staying.drain();
    lesson.effect(
        "it did %d tasks after it had left; together they did %d of 100"
            .formatted(one.get() - doneBefore, one.get() + other.get()));
  }

  private static String square(String number) {
    int value = Integer.parseInt(number);
    return Integer.toString(value * value);
  }
}
