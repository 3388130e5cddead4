/**
 * The NATS client for Java: calls that block, and calls that return futures.
 *
 * <p>{@code NatsClient} blocks the calling thread, be it a virtual one or any other, and stops when
 * that thread is interrupted. {@code NatsAsyncClient} returns a {@link
 * java.util.concurrent.CompletableFuture} instead, and cancelling the future cancels the call. Both
 * are views of one connection: whoever has one can ask for the other, and what is published by both
 * goes through the same batches.
 *
 * <pre>{@code
 * var options = NatsOptions.builder()
 *     .servers("nats://a:4222", "nats://b:4222")
 *     .auth(new NatsAuth.CredentialsFile(Path.of("/run/secrets/app.creds")))
 *     .timeouts(timeouts -> timeouts.request(Duration.ofSeconds(2)))
 *     .build();
 * }</pre>
 *
 * <p>{@link dev.midge.nats.NatsOptions} say how a connection behaves. Options, values such as
 * {@link dev.midge.nats.NatsMessage}, {@link dev.midge.nats.Headers}, {@link
 * dev.midge.nats.Subject} and {@link dev.midge.nats.NatsEvent}, and the exceptions exist once, in
 * {@code dev.midge.nats}, so that one program may use both languages.
 *
 * <p>Nothing is {@code null} unless it is marked {@link org.jspecify.annotations.Nullable}; handing
 * over {@code null} elsewhere ends in a {@link java.lang.NullPointerException}.
 */
@NullMarked
package dev.midge.nats.java;

import org.jspecify.annotations.NullMarked;
