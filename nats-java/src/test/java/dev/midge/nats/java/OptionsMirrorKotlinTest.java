package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.NatsOptionsKt;
import dev.midge.nats.java.internal.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import kotlin.Unit;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.ExecutorCoroutineDispatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsMirrorKotlinTest {
  static Stream<Arguments> defaults() {
    return Stream.of(
        Arguments.of(TimeoutOptions.defaults(), new dev.midge.nats.TimeoutOptions()),
        Arguments.of(BufferOptions.defaults(), new dev.midge.nats.BufferOptions()),
        Arguments.of(ReconnectOptions.defaults(), new dev.midge.nats.ReconnectOptions()),
        Arguments.of(TlsOptions.defaults(), new dev.midge.nats.TlsOptions()),
        Arguments.of(WebSocketOptions.defaults(), new dev.midge.nats.WebSocketOptions()));
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void everyOptionOfKotlinIsThereWithItsDefault(Object java, Object kotlin) {
    assertEquals(PlainOptions.of(kotlin), PlainOptions.of(java));
  }

  @Test
  void everyOptionOfAConnectionIsThereWithItsDefaultExceptWhereHandlersRun() {
    Map<String, Object> expected = PlainOptions.of(kotlinDefaults());
    NatsOptions options = NatsOptions.builder().build();
    assertSame(Threads.FOR_HANDLERS, options.toKotlin().getDispatcher());
    expected.put("dispatcher", ((ExecutorCoroutineDispatcher) Threads.FOR_HANDLERS).getExecutor());
    assertEquals(expected, PlainOptions.of(options));
    assertEquals(expected, PlainOptions.of(options.toKotlin()));
  }

  @Test
  void theFiguresThatAreDocumentedAreTheDefaults() {
    assertEquals(
        new TimeoutOptions(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofMinutes(2),
            2),
        TimeoutOptions.defaults());
    assertEquals(new BufferOptions(1 << 20, null), BufferOptions.defaults());
    assertEquals(
        new ReconnectOptions(
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            1.0,
            Duration.ofSeconds(30),
            -1,
            false,
            false,
            false,
            WhileDisconnected.buffer(8 << 20),
            false,
            null,
            null),
        ReconnectOptions.defaults());
  }

  @Test
  void theServersAreThoseOfAllTextsInOrder() {
    NatsOptions options = NatsOptions.builder().servers("a:1,tls://b", "ws://c/path").build();
    assertTrue(
        options.toString().contains("[nats://a:1, tls://b:4222, ws://c:80/path]"),
        options.toString());
    assertTrue(NatsOptions.builder().build().toString().contains("[nats://localhost:4222]"));
    assertTrue(NatsOptions.of("d").toString().contains("[nats://d:4222]"));
  }

  @Test
  void kotlinsOptionsComeBackAsTheyWereAndCanBeChanged() {
    var kotlin =
        NatsOptionsKt.NatsOptions(
            "nats://joe:secret@a,b",
            builder -> {
              builder.setName("orders");
              builder.setNoRandomize(true);
              builder.setDispatcher(Dispatchers.getUnconfined());
              builder.setReconnect(
                  ReconnectOptions.defaults()
                      .withWhileDisconnected(WhileDisconnected.suspend(Duration.ofMillis(3)))
                      .toKotlin());
              return Unit.INSTANCE;
            });
    NatsOptions java = NatsOptions.from(kotlin);
    assertSame(kotlin, java.toKotlin());
    assertEquals(PlainOptions.of(kotlin), PlainOptions.of(java));

    NatsOptions changed = java.toBuilder().name("bills").build();
    assertSame(Dispatchers.getUnconfined(), changed.toKotlin().getDispatcher());
    Map<String, Object> expected = PlainOptions.of(kotlin);
    expected.put("name", "bills");
    assertEquals(expected, PlainOptions.of(changed.toKotlin()));
    // With the password that its URL had.
    assertEquals(List.of("nats://joe:secret@a,b"), List.of(servers(changed)));
  }

  @Test
  void theTlsSessionsAreThoseOfTheOptionsThatConnectionsShare() {
    TlsOptions tls = TlsOptions.defaults().withRequired(true);
    NatsOptions one = NatsOptions.builder().tls(tls).build();
    NatsOptions other = NatsOptions.builder().tls(tls).name("other").build();
    assertSame(one.toKotlin().getTls(), other.toKotlin().getTls());
    assertSame(tls, one.toBuilder().build().tls());
  }

  @Test
  void aBuilderMayBeUsedOnWithoutChangingWhatItHasMade() {
    NatsOptions.Builder builder = NatsOptions.builder().name("one");
    NatsOptions one = builder.build();
    builder.name("two");
    assertEquals("one", one.name());
    assertEquals("one", one.toBuilder().build().name());
  }

  @Test
  void theExecutorIsTheOneThatWasGiven() {
    Executor executor = Runnable::run;
    NatsOptions options = NatsOptions.builder().executor(executor).build();
    assertSame(executor, options.executor());
    assertEquals(Threads.of(executor), options.toKotlin().getDispatcher());
  }

  private static dev.midge.nats.NatsOptions kotlinDefaults() {
    return NatsOptionsKt.NatsOptions("nats://localhost:4222", builder -> Unit.INSTANCE);
  }

  private static String servers(NatsOptions options) {
    String[] servers = new String[1];
    options
        .toKotlin()
        .copy(
            builder -> {
              servers[0] = builder.getServers();
              return Unit.INSTANCE;
            });
    return servers[0];
  }
}
