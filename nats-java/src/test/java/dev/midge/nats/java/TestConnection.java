package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.midge.nats.AuthenticationException;
import dev.midge.nats.NatsConnection;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.java.internal.BlockingCall;
import kotlin.Unit;

/** A connection of the core with options from Java. */
final class TestConnection implements AutoCloseable {
  private final NatsConnection connection;

  TestConnection(NatsOptions options) {
    connection = new NatsConnection(options);
  }

  /** Connects, and closes the connection. */
  static void letIn(NatsOptions options) {
    try (var connection = new TestConnection(options)) {
      connection.connect();
    }
  }

  static AuthenticationException.Reason refused(NatsOptions options) {
    return fails(AuthenticationException.class, options).reason();
  }

  static <E extends NatsException> E fails(Class<E> type, NatsOptions options) {
    try (var connection = new TestConnection(options)) {
      return assertThrows(type, connection::connect);
    }
  }

  void connect() {
    BlockingCall.<Unit>await(connection::connect);
  }

  @Override
  public void close() {
    BlockingCall.<Unit>await(connection::close);
  }
}
