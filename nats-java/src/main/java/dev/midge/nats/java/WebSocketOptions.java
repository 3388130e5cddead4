package dev.midge.nats.java;

import dev.midge.nats.HttpProxy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param subprotocols asked for by {@code Sec-WebSocket-Protocol}, the most wanted first, for
 *     gateways that need one. NATS servers know none and ignore them; an answer without one is
 *     accepted, one with another is not. Default none.
 */
public record WebSocketOptions(
    Map<String, String> headers,
    @Nullable Supplier<Map<String, String>> headerSupplier,
    @Nullable HttpProxy proxy,
    boolean compression,
    List<String> subprotocols) {

  /**
   * Copies and checks headers and subprotocols.
   *
   * @param headers see {@link #headers()}.
   * @param headerSupplier see {@link #headerSupplier()}.
   * @param proxy see {@link #proxy()}.
   * @param compression see {@link #compression()}.
   * @param subprotocols see {@link #subprotocols()}.
   * @throws IllegalArgumentException if a header has a name that is none or that the WebSocket sets
   *     itself, or a value with characters that are not allowed, or a subprotocol is no name of
   *     one.
   */
  public WebSocketOptions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    subprotocols = List.copyOf(subprotocols);
    new dev.midge.nats.WebSocketOptions(headers, null, proxy, compression, subprotocols);
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
        kotlin.getCompression(),
        kotlin.getSubprotocols());
  }

  dev.midge.nats.WebSocketOptions toKotlin(CoroutineDispatcher dispatcher) {
    var supplier =
        headerSupplier == null ? null : OptionFunctions.apart(headerSupplier, dispatcher);
    return new dev.midge.nats.WebSocketOptions(headers, supplier, proxy, compression, subprotocols);
  }

  /**
   * {@return these options with other {@link #headers()}}
   *
   * @param headers the new value.
   */
  public WebSocketOptions withHeaders(Map<String, String> headers) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression, subprotocols);
  }

  /**
   * {@return these options with another {@link #headerSupplier()}, or none}
   *
   * @param headerSupplier the new value, or {@code null} for none.
   */
  public WebSocketOptions withHeaderSupplier(
      @Nullable Supplier<Map<String, String>> headerSupplier) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression, subprotocols);
  }

  /**
   * {@return these options with another {@link #proxy()}, or none}
   *
   * @param proxy the new value, or {@code null} for none.
   */
  public WebSocketOptions withProxy(@Nullable HttpProxy proxy) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression, subprotocols);
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
    return new WebSocketOptions(headers, headerSupplier, proxy, compression, subprotocols);
  }

  /**
   * {@return these options with other {@link #subprotocols()}}
   *
   * @param subprotocols the new value.
   * @throws IllegalArgumentException if one is no name of a subprotocol.
   */
  public WebSocketOptions withSubprotocols(List<String> subprotocols) {
    return new WebSocketOptions(headers, headerSupplier, proxy, compression, subprotocols);
  }

  @Override
  public String toString() {
    return "WebSocketOptions[headers=%s, proxy=%s, compression=%s, subprotocols=%s]"
        .formatted(headers.keySet(), proxy, compression, subprotocols);
  }
}
