package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.testing.EmbeddedNatsServer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/**
 * The rules of Reactive Streams for {@code messages()}, which has subscribed when {@code subscribe}
 * returns, and completes when its connection is closed.
 */
public class MessagesPublisherTest extends FlowPublisherVerification<NatsMessage> {
  private static final int ENOUGH = 2_000;

  private final Queue<NatsClient> clients = new ConcurrentLinkedQueue<>();
  private EmbeddedNatsServer server;

  public MessagesPublisherTest() {
    super(PublisherVerification.environment());
  }

  @BeforeClass
  public void start() throws Exception {
    server = EmbeddedNatsServer.start();
  }

  @AfterClass
  public void close() {
    clients.forEach(NatsClient::close);
    server.close();
  }

  @Override
  public Flow.Publisher<NatsMessage> createFlowPublisher(long elements) {
    int count = (int) Math.min(elements, ENOUGH);
    return subscriber -> {
      NatsClient nats = connect();
      nats.messages("numbers").subscribe(subscriber);
      for (int i = 0; i < count; i++) nats.publish("numbers", Integer.toString(i).getBytes(UTF_8));
      if (count == elements) nats.async().close();
    };
  }

  @Override
  public Flow.Publisher<NatsMessage> createFailedFlowPublisher() {
    NatsClient nats = connect();
    nats.close();
    return nats.messages("numbers");
  }

  private NatsClient connect() {
    NatsClient nats = NatsClient.connect(server.getUrl());
    clients.add(nats);
    return nats;
  }
}
