package dev.midge.nats.java;

import static dev.midge.nats.AuthenticationException.Reason.UNAVAILABLE;
import static dev.midge.nats.java.TestConnection.fails;
import static dev.midge.nats.java.TestConnection.letIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.AuthResponse;
import dev.midge.nats.AuthenticationException;
import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsException;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.TimeoutOptions;
import dev.midge.nats.testing.EmbeddedNatsServer;
import dev.midge.nats.testing.EmbeddedNatsServerOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OptionsFunctionsTest {
  private EmbeddedNatsServer server;
  private final NamedExecutor executor = new NamedExecutor();

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedNatsServer.start(EmbeddedNatsServerOptions.builder().token("secret").build());
  }

  @AfterEach
  void close() {
    executor.close();
    server.close();
  }

  @Test
  void functionsRunInTheExecutor() {
    NatsOptions.Builder options = options();
    letIn(options.auth(new NatsAuth.Supplied(() -> onMine(new NatsAuth.Token("secret")))).build());
    letIn(
        options
            .auth(
                new NatsAuth.Authenticator(
                    i -> onMine(AuthResponse.builder().token("secret").build())))
            .build());
    letIn(options.auth(new NatsAuth.Token("secret")).onConnecting(this::onMine).build());
  }

  @Test
  void onConnectingSaysWhereTheAttemptGoes() {
    letIn(
        options()
            .auth(new NatsAuth.Token("secret"))
            .servers("nats://host.invalid")
            .onConnecting(it -> it.at("127.0.0.1", server.getPort()))
            .build());
  }

  @Test
  void aFunctionThatThrowsFailsTheAttempt() {
    IllegalStateException cause = new IllegalStateException("the vault is locked");
    assertCause(IllegalStateException.class, new NatsAuth.Supplied(() -> thrown(cause)));
    assertCause(IllegalStateException.class, new NatsAuth.NKey(() -> thrown(cause)));
    assertCause(IllegalStateException.class, new NatsAuth.Authenticator(info -> thrown(cause)));
    NatsOptions refusing = options().onConnecting(target -> thrown(cause)).build();
    assertTrue(fails(ConnectFailedException.class, refusing).getMessage().contains("vault"));
  }

  @Test
  void aFunctionThatReturnsNullFailsTheAttempt() {
    assertCause(NullPointerException.class, new NatsAuth.Supplied(() -> null));
    assertCause(NullPointerException.class, new NatsAuth.Authenticator(info -> null));
    fails(ConnectFailedException.class, options().onConnecting(target -> null).build());
  }

  @Test
  void aSeedThatIsNullFailsTheAttempt() {
    assertCause(NullPointerException.class, new NatsAuth.NKey(() -> null));
  }

  @Test
  void theConnectTimeoutInterruptsAFunctionThatBlocks() throws Exception {
    NatsOptions.Builder options = options().timeouts(shortly());
    CompletableFuture<Void> first = new CompletableFuture<>();
    fails(
        NatsException.class,
        options.auth(new NatsAuth.Supplied(() -> untilInterrupted(first))).build());
    first.get(30, TimeUnit.SECONDS);
    CompletableFuture<Void> second = new CompletableFuture<>();
    options.auth(NatsAuth.None.INSTANCE).onConnecting(target -> untilInterrupted(second));
    fails(NatsException.class, options.build());
    second.get(30, TimeUnit.SECONDS);
  }

  @Test
  void theConnectTimeoutDoesNotWaitForAFunctionThatGoesOn() {
    CountDownLatch end = new CountDownLatch(1);
    NatsOptions.Builder options = options().timeouts(shortly());
    fails(NatsException.class, options.onConnecting(target -> goingOn(end, target)).build());
    end.countDown();
  }

  @Test
  void anExecutorThatRefusesWorkFailsTheAttempt() {
    executor.close();
    fails(ConnectFailedException.class, options().onConnecting(target -> target).build());
  }

  private NatsOptions.Builder options() {
    return NatsOptions.builder().servers(server.getUrl()).executor(executor);
  }

  private void assertCause(Class<? extends Exception> cause, NatsAuth auth) {
    var refused = fails(AuthenticationException.class, options().auth(auth).build());
    assertEquals(UNAVAILABLE, refused.reason());
    assertInstanceOf(cause, refused.getCause());
  }

  private <T> T onMine(T value) {
    if (!NamedExecutor.isMine()) throw new IllegalStateException(Thread.currentThread().getName());
    return value;
  }

  private static TimeoutOptions shortly() {
    return TimeoutOptions.builder().connect(Duration.ofMillis(100)).build();
  }

  private static <T> T thrown(RuntimeException e) {
    throw e;
  }

  private static <T> T untilInterrupted(CompletableFuture<Void> interrupted) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.complete(null);
    }
    throw new IllegalStateException("interrupted");
  }

  private static <T> T goingOn(CountDownLatch end, T value) {
    while (true) {
      try {
        end.await();
        return value;
      } catch (InterruptedException e) {
        // This is what the test is about.
      }
    }
  }
}
