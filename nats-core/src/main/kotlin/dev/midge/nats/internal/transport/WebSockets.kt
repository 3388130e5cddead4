package dev.midge.nats.internal.transport

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.WebSocketOptions
import java.util.ServiceLoader

/** What opens WebSockets: the module `nats-websocket`, found by [ServiceLoader]. */
@InternalNatsApi
public interface WebSocketProvider {
    /** Begins an attempt to reach the server at [endpoint]. Nothing is sent yet. */
    public fun attempt(endpoint: Endpoint, options: WebSocketOptions): WebSocketAttempt
}

/**
 * One attempt to open a WebSocket, over a stream that the caller opens, encrypts and, if the attempt fails, closes. The functions are called
 * in the order in which they stand here; they fail with a `NatsException` or an `IOException`.
 */
@InternalNatsApi
public interface WebSocketAttempt {
    /** Where the TCP connection has to lead: to the server, or to the proxy before it. */
    public val nextHop: Endpoint

    /** Has the proxy, if there is one, connect [stream] with the server. */
    public suspend fun tunnel(stream: Transport)

    /** The WebSocket over [stream], encrypted by now if it has to be. Bytes in, bytes out: where its messages begin and end means nothing. */
    public suspend fun open(stream: Transport): Transport

    /** The server has said that it takes messages of at most [bytes]: it holds compressed WebSocket messages to the same limit. */
    public fun limit(bytes: Long)
}

/** The [WebSocketProvider] of the class path, looked up once. */
internal object WebSockets {
    val provider: WebSocketProvider? by lazy {
        // The loader that has this class also has the module, also where a thread's own loader is another one.
        ServiceLoader.load(WebSocketProvider::class.java, WebSocketProvider::class.java.classLoader).firstOrNull()
    }
}
