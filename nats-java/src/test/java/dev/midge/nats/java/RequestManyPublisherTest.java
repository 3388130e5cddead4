package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.Headers;
import dev.midge.nats.NatsMessage;
import dev.midge.nats.RequestManyLimits;
import dev.midge.nats.Subject;
import java.time.Duration;
import java.util.concurrent.Flow;
import org.testng.annotations.BeforeClass;

/** The rules of Reactive Streams for the replies of {@code requestMany}, as many as asked for. */
public class RequestManyPublisherTest extends PublisherVerification {
  private static final RequestManyLimits LIMITS =
      RequestManyLimits.builder().total(Duration.ofMinutes(1)).endedByEmptyPayload().build();

  @BeforeClass
  public void subscribe() {
    nats.subscribe("numbers", this::answer);
  }

  private void answer(NatsMessage request) {
    Subject replyTo = new Subject(request.replyTo());
    long elements = Long.parseLong(request.text());
    int count = (int) Math.min(elements, ENOUGH);
    for (int i = 0; i < count; i++) nats.publish(replyTo, Integer.toString(i).getBytes(UTF_8));
    if (count == elements) nats.publish(replyTo, new byte[0]);
  }

  @Override
  public Flow.Publisher<NatsMessage> createFlowPublisher(long elements) {
    byte[] request = Long.toString(elements).getBytes(UTF_8);
    return nats.async().requestMany(new Subject("numbers"), request, Headers.Empty, LIMITS);
  }

  @Override
  public Flow.Publisher<NatsMessage> createFailedFlowPublisher() {
    return nats.async().requestMany(new Subject("nobody"), new byte[0], Headers.Empty, LIMITS);
  }
}
