package dev.midge.nats.java;

import dev.midge.nats.testing.EmbeddedNatsServer;
import dev.midge.nats.testing.NatsServerProcess;
import java.util.concurrent.Callable;

/** A server that operations are tested with. */
record TestServer(String url, Runnable stop) {
  static final Callable<TestServer> EMBEDDED =
      () -> {
        EmbeddedNatsServer server = EmbeddedNatsServer.start();
        return new TestServer(server.getUrl(), server::close);
      };
  static final Callable<TestServer> REAL =
      () -> {
        NatsServerProcess server = NatsServerProcess.start();
        return new TestServer(server.getUrl(), server::close);
      };
}
