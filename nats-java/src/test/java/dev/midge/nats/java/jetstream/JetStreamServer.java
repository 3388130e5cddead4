package dev.midge.nats.java.jetstream;

import dev.midge.nats.java.NatsClient;
import dev.midge.nats.testing.NatsServerProcess;
import dev.midge.nats.testing.NatsServerProcessOptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One server with JetStream for all tests that do not hurt it, and a client of it. */
public final class JetStreamServer implements BeforeAllCallback, ParameterResolver {
  private static final ExtensionContext.Namespace SHARED =
      ExtensionContext.Namespace.create(JetStreamServer.class);

  private record Shared(NatsServerProcess server, NatsClient nats) implements AutoCloseable {
    static Shared start() {
      NatsServerProcess server =
          NatsServerProcess.start(
              NatsServerProcessOptions.builder().version("2.15.1").jetStream(true).build());
      return new Shared(server, NatsClient.connect(server.getUrl()));
    }

    @Override
    public void close() {
      nats.close();
      server.close();
    }
  }

  private static Shared shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(SHARED)
        .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == NatsClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared(context).nats();
  }
}
