package dev.midge.nats.samples.java;

import dev.midge.nats.Subject;
import dev.midge.nats.java.NatsClient;
import dev.midge.nats.java.SubscribeOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What one second came to. */
record Speed(long published, long received, Duration elapsed) {
  private static final int PAYLOAD_BYTES = 128;

  /**
   * How often the clock is looked at: reading it at every message would take as long as publishing.
   */
  private static final int MESSAGES_PER_LOOK = 1_000;

  /** Publishes for a second and waits until all of it has come back. */
  static Speed ofOneSecond(NatsClient nats) {
    // Checked and encoded once instead of at every publish.
    var subject = new Subject("speed");
    var payload = new byte[PAYLOAD_BYTES];
    var received = new AtomicLong();
    // Inline: the handler runs where the socket is read. It must be quick; nothing is queued, so
    // that nothing is dropped.
    var subscription =
        nats.subscribeInline(
            subject, SubscribeOptions.defaults(), message -> received.incrementAndGet());

    long start = System.nanoTime();
    long published = 0;
    while (System.nanoTime() - start < Duration.ofSeconds(1).toNanos()) {
      for (int i = 0; i < MESSAGES_PER_LOOK; i++) nats.publish(subject, payload);
      published += MESSAGES_PER_LOOK;
    }
    // The PONG comes after the last message that the server sent before it.
    nats.flush();
    var elapsed = Duration.ofNanos(System.nanoTime() - start);
    subscription.close();
    return new Speed(published, received.get(), elapsed);
  }

  @Override
  public String toString() {
    double perSecond = published * 1e9 / elapsed.toNanos();
    return String.format(
        Locale.ROOT,
        "%,d messages of %d B published and %,d received: %,.0f a second, before the JVM was warm",
        published,
        PAYLOAD_BYTES,
        received,
        perSecond);
  }
}
