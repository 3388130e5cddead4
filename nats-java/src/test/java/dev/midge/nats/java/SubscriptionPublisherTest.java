package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.NatsMessage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;

/** The rules of Reactive Streams for {@link Subscription#publisher}. */
public class SubscriptionPublisherTest extends PublisherVerification {
  private final AtomicInteger subjects = new AtomicInteger();

  @Override
  public Flow.Publisher<NatsMessage> createFlowPublisher(long elements) {
    String subject = "numbers." + subjects.incrementAndGet();
    Subscription<NatsMessage> subscription = nats.subscribe(subject);
    int count = (int) Math.min(elements, ENOUGH);
    if (count == elements) subscription.unsubscribe(count);
    for (int i = 0; i < count; i++) nats.publish(subject, Integer.toString(i).getBytes(UTF_8));
    return subscription.publisher();
  }

  @Override
  public Flow.Publisher<NatsMessage> createFailedFlowPublisher() {
    return nats.subscribe("handled", message -> {}).publisher();
  }
}
