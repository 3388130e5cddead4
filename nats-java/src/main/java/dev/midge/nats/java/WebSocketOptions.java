package dev.midge.nats.java;

import dev.midge.nats.HttpProxy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * How servers with {@code ws://} and {@code wss://} URLs are reached. Immutable. Needs the module
 * {@code nats-websocket} on the class path.
 *
 * <pre>{@code
 * WebSocketOptions.defaults().withHeaders(Map.of("Authorization", "Bearer " + token)).withCompression(true)
 * }</pre>
 *
 * <p>{@code wss://} is encrypted as {@link TlsOptions} say. Header values and the proxy's password
 * never show in texts.
 *
 * @param headers sent with the HTTP request that opens the WebSocket, for gateways on the way; NATS
 *     servers read cookies among them. Default none.
 * @param headerSupplier called at every attempt to connect; what it returns is added to {@code
 *     headers} and wins over them. It runs in {@link NatsOptions#executor()} and may block; its
 *     time counts for {@link TimeoutOptions#connect()}, after which its thread is interrupted. An
 *     exception fails the attempt. Default none.
 * @param proxy opens the TCP connection to the server (HTTP {@code CONNECT}), both for {@code
 *     ws://} and {@code wss://}. Default none; system properties are not looked at.
 * @param compression whether to compress messages if the server does too ({@code
 *     permessage-deflate}, RFC 7692, without context takeover). For slow networks: on fast ones it
 *     costs most of the throughput. Default {@code false}.
 */
public record WebSocketOptions(
    Map<String, String> headers,
    @Nullable Supplier<Map<String, String>> headerSupplier,
    @Nullable HttpProxy proxy,
    boolean compression) {

  /**
   * Copies and checks the headers.
   *
   * @param headers see {@link #headers()}.
   * @param headerSupplier see {@link #headerSupplier()}.
   * @param proxy see {@link #proxy()}.
   * @param compression see {@link #compression()}.
   * @throws IllegalArgumentException if a header has a name that is none or that the WebSocket sets
   *     itself, or a value with characters that are not allowed.
   */
  public WebSocketOptions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    new dev.midge.nats.WebSocketOptions(headers, null, proxy, compression);
  }

  /** {@return the options that apply unless others are given} */
  public static WebSocketOptions defaults() {
    return from(new dev.midge.nats.WebSocketOptions());
  }

  static WebSocketOptions from(dev.midge.nats.WebSocketOptions kotlin) {
    var supplier = kotlin.getHeaderSupplier();
    return new WebSocketOptions(
        kotlin.getHeaders(),
        supplier == null ? null : OptionFunctions.blocking(supplier),
        kotlin.getProxy(),
        kotlin.getCompression());
  }

  dev.midge.nats.WebSocketOptions toKotlin(CoroutineDispatcher dispatcher) {
    var supplier =
        headerSupplier == null ? null : OptionFunctions.apart(headerSupplier, dispatcher);
    return new dev.midge.nats.WebSocketOptions(headers, supplier, proxy, compression);
  }

  /**
   * {@return these options with other {@link #headers()}}
   *
   * @param headers the new value.
   */
  public WebSocketOptions withHeaders(Map<String, String> headers) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression);
  }

  /**
   * {@return these options with another {@link #headerSupplier()}, or none}
   *
   * @param headerSupplier the new value, or {@code null} for none.
   */
  public WebSocketOptions withHeaderSupplier(
      @Nullable Supplier<Map<String, String>> headerSupplier) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression);
  }

  /**
   * {@return these options with another {@link #proxy()}, or none}
   *
   * @param proxy the new value, or {@code null} for none.
   */
  public WebSocketOptions withProxy(@Nullable HttpProxy proxy) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression);
  }

  /**
   * {@return these options with a {@link #proxy()} that asks for no password}
   *
   * @param host the new value.
   * @param port the new value.
   * @throws IllegalArgumentException if {@code host} is no host name or {@code port} no port.
   */
  public WebSocketOptions withProxy(String host, int port) {
    return withProxy(new HttpProxy(host, port, null, null));
  }

  /**
   * {@return these options with another {@link #compression()}}
   *
   * @param compression the new value.
   */
  public WebSocketOptions withCompression(boolean compression) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression);
  }

  @Override
  public String toString() {
    return "WebSocketOptions[headers=%s, proxy=%s, compression=%s]"
        .formatted(headers.keySet(), proxy, compression);
  }
}
