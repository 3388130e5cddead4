package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.testing.EmbeddedNatsServer;
import java.io.IOException;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The rules of Reactive Streams for a publisher of one client of an embedded server. */
abstract class PublisherVerification extends FlowPublisherVerification<NatsMessage> {
  /** As many as the rules ask of a publisher whose length they leave open. */
  static final int ENOUGH = 2_000;

  private EmbeddedNatsServer server;
  NatsClient nats;

  PublisherVerification() {
    super(environment());
  }

  @BeforeClass
  public void connect() throws IOException {
    server = EmbeddedNatsServer.start();
    nats = NatsClient.connect(server.getUrl());
  }

  @AfterClass
  public void close() {
    nats.close();
    server.close();
  }

  /**
   * A busy machine may take two seconds to bring what was sent; for what must not come, a tenth of
   * one is waited.
   */
  static TestEnvironment environment() {
    return new TestEnvironment(2_000, 100);
  }
}
