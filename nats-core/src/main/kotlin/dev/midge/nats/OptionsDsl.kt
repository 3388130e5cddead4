@file:JvmSynthetic // What options are made by in Kotlin. Java calls their builders.

package dev.midge.nats

/** Marks the receivers of the options DSL. */
@DslMarker
public annotation class NatsOptionsDsl

/**
 * Options for [servers] (`nats://host:port[,host:port]`), changed by [configure].
 *
 * @throws IllegalArgumentException if a server or another value is not valid.
 */
public fun NatsOptions(servers: String = NatsOptions.DEFAULT_SERVER, configure: NatsOptions.Builder.() -> Unit = {}): NatsOptions =
    NatsOptions.Builder().apply { this.servers = servers }.apply(configure).build()

/**
 * The default limits of time, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun TimeoutOptions(configure: TimeoutOptions.Builder.() -> Unit = {}): TimeoutOptions =
    TimeoutOptions.Builder().apply(configure).build()

/**
 * The default limits of memory, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun BufferOptions(configure: BufferOptions.Builder.() -> Unit = {}): BufferOptions = BufferOptions.Builder().apply(configure).build()

/**
 * The default behaviour when the connection to a server is lost, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun ReconnectOptions(configure: ReconnectOptions.Builder.() -> Unit = {}): ReconnectOptions =
    ReconnectOptions.Builder().apply(configure).build()

/**
 * The default TLS options, changed by [configure].
 *
 * @throws IllegalArgumentException if values contradict each other.
 */
public fun TlsOptions(configure: TlsOptions.Builder.() -> Unit = {}): TlsOptions = TlsOptions.Builder().apply(configure).build()

/**
 * The default WebSocket options, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun WebSocketOptions(configure: WebSocketOptions.Builder.() -> Unit = {}): WebSocketOptions =
    WebSocketOptions.Builder().apply(configure).build()

/** What an authenticator answers: the fields that [configure] sets. */
public fun AuthResponse(configure: AuthResponse.Builder.() -> Unit = {}): AuthResponse = AuthResponse.Builder().apply(configure).build()

/**
 * The default limits of a [requestMany][NatsRequester.requestMany], changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun RequestManyLimits(configure: RequestManyLimits.Builder.() -> Unit = {}): RequestManyLimits =
    RequestManyLimits.Builder().apply(configure).build()
