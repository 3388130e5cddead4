package dev.midge.nats.java;

import static dev.midge.nats.AuthenticationException.Reason.UNAVAILABLE;
import static dev.midge.nats.java.TestConnection.fails;
import static dev.midge.nats.java.TestConnection.letIn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.AuthenticationException;
import dev.midge.nats.ConnectFailedException;
import dev.midge.nats.ConnectTarget;
import dev.midge.nats.NatsException;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.testing.EmbeddedNatsServer;
import dev.midge.nats.testing.EmbeddedNatsServerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
    letIn(options.auth(Auth.supplied(() -> onMine(Auth.token("secret")))).build());
    letIn(options.auth(Auth.authenticator(i -> onMine(AuthResponse.token("secret")))).build());
    letIn(options.auth(Auth.token("secret")).onConnecting(this::onMine).build());
    assertEquals(Map.of("A", "b"), headers(options.webSocket(supplying(this::headersOnMine))));
  }

  @Test
  void onConnectingSaysWhereTheAttemptGoes() {
    letIn(
        options()
            .auth(Auth.token("secret"))
            .servers("nats://host.invalid")
            .onConnecting(it -> new ConnectTarget(it.getUrl(), "127.0.0.1", server.getPort()))
            .build());
  }

  @Test
  void aFunctionThatThrowsFailsTheAttempt() {
    IllegalStateException cause = new IllegalStateException("the vault is locked");
    assertCause(IllegalStateException.class, Auth.supplied(() -> thrown(cause)));
    assertCause(IllegalStateException.class, Auth.nkey(() -> thrown(cause)));
    assertCause(IllegalStateException.class, Auth.authenticator(info -> thrown(cause)));
    NatsOptions refusing = options().onConnecting(target -> thrown(cause)).build();
    assertTrue(fails(ConnectFailedException.class, refusing).getMessage().contains("vault"));
    NatsOptions.Builder withoutHeaders = options().webSocket(supplying(() -> thrown(cause)));
    assertThrows(IllegalStateException.class, () -> headers(withoutHeaders));
  }

  @Test
  void aFunctionThatReturnsNullFailsTheAttempt() {
    assertCause(NullPointerException.class, Auth.supplied(() -> null));
    assertCause(NullPointerException.class, Auth.authenticator(info -> null));
    fails(ConnectFailedException.class, options().onConnecting(target -> null).build());
    NatsOptions.Builder withoutHeaders = options().webSocket(supplying(() -> null));
    assertThrows(NullPointerException.class, () -> headers(withoutHeaders));
  }

  @Test
  void aSeedThatIsNullFailsTheAttempt() {
    assertCause(NullPointerException.class, Auth.nkey(() -> null));
  }

  @Test
  void theConnectTimeoutInterruptsAFunctionThatBlocks() throws Exception {
    NatsOptions.Builder options = options().timeouts(shortly());
    CompletableFuture<Void> first = new CompletableFuture<>();
    fails(NatsException.class, options.auth(Auth.supplied(() -> untilInterrupted(first))).build());
    first.get(30, TimeUnit.SECONDS);
    CompletableFuture<Void> second = new CompletableFuture<>();
    options.auth(Auth.none()).onConnecting(target -> untilInterrupted(second));
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
    NatsOptions.Builder options = options().webSocket(supplying(Map::of));
    // A CancellationException, which is an IllegalStateException too, would look as if the caller
    // had been cancelled.
    assertThrowsExactly(IllegalStateException.class, () -> headers(options));
  }

  private NatsOptions.Builder options() {
    return NatsOptions.builder().servers(server.getUrl()).executor(executor);
  }

  private void assertCause(Class<? extends Exception> cause, Auth auth) {
    var refused = fails(AuthenticationException.class, options().auth(auth).build());
    assertEquals(UNAVAILABLE, refused.getReason());
    assertInstanceOf(cause, refused.getCause());
  }

  private Map<String, String> headersOnMine() {
    return onMine(Map.of("A", "b"));
  }

  private <T> T onMine(T value) {
    if (!NamedExecutor.isMine()) throw new IllegalStateException(Thread.currentThread().getName());
    return value;
  }

  private static WebSocketOptions supplying(Supplier<Map<String, String>> supplier) {
    return WebSocketOptions.defaults().withHeaderSupplier(supplier);
  }

  private static Map<String, String> headers(NatsOptions.Builder options) {
    var supplier = options.build().toKotlin().getWebSocket().getHeaderSupplier();
    return BlockingCall.<Map<String, String>>await(supplier::invoke);
  }

  private static TimeoutOptions shortly() {
    return TimeoutOptions.defaults().withConnect(Duration.ofMillis(100));
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
