package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.testing.EmbeddedNatsServer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The rules of Reactive Streams for {@link Subscription#publisher}. */
public class SubscriptionPublisherTest extends FlowPublisherVerification<NatsMessage> {
  private static final int ENOUGH = 2_000;

  private final AtomicInteger subjects = new AtomicInteger();
  private EmbeddedNatsServer server;
  private NatsClient nats;

  public SubscriptionPublisherTest() {
    super(new TestEnvironment());
  }

  @BeforeClass
  public void connect() throws Exception {
    server = EmbeddedNatsServer.start();
    nats = NatsClient.connect(server.getUrl());
  }

  @AfterClass
  public void close() {
    nats.close();
    server.close();
  }

  @Override
  public Flow.Publisher<NatsMessage> createFlowPublisher(long elements) {
    String subject = "numbers." + subjects.incrementAndGet();
    Subscription subscription = nats.subscribe(subject);
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
