package dev.midge.nats

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import kotlin.time.Duration

/**
 * A NATS client with its life: one [NatsConnection], a [NatsConnectionPool] or [NatsShards].
 *
 * It connects with the first operation or by [connect], and ends by [drain] or [close]. Write against this type to leave it open how many
 * connections there are; hand [NatsOperations] to code that must not end them. All members may be called from any thread.
 */
public sealed interface Nats : NatsOperations {
    /**
     * Where the client is in its life, now and at every change.
     *
     * Several connections have one state: the first of [Draining][ConnectionState.Draining], [Reconnecting][ConnectionState.Reconnecting],
     * [Connecting][ConnectionState.Connecting], [Connected][ConnectionState.Connected], [Idle][ConnectionState.Idle] and
     * [Closed][ConnectionState.Closed] that any of them is in. So `Connected` says that every connection in use works, and `Closed` that all
     * have ended.
     */
    public val state: StateFlow<ConnectionState>

    /**
     * What happens on all connections, from the moment of collecting on. Each connection's events come in their order. A collector that is
     * slow or throws disturbs nothing.
     */
    public val events: Flow<NatsEvent>

    /** The counters, at this moment: of several connections, their sums. */
    public fun stats(): NatsStats

    /**
     * Connects every connection that is not open; returns when all are.
     *
     * @throws AuthenticationException if a server refused the credentials and no other let the client in.
     * @throws ConnectFailedException if no server let the client in; calling again tries again.
     * @throws ConnectionClosedException after the end of the client, also if reconnecting was given up meanwhile.
     */
    public suspend fun connect()

    /**
     * Leaves the server in use for another one of the list, or for the same one if there is no other, and returns when the connection is
     * there. While a server is in use, the other one is connected and told all subscriptions first, so that nothing is interrupted: no
     * publish is lost or sent twice; for about 0.25 s both servers deliver, so that subscriptions without a queue group may get a message
     * twice. Should the server that is left not confirm all that it was sent, that is told by [NatsEvent.Disconnected]. While the connection
     * is lost, ends the wait for the next attempt. Several connections do so at the same time.
     *
     * @throws ConnectFailedException if no other link could be opened; a connection that works is kept.
     * @throws ConnectionClosedException after the end of the connection.
     * @throws ConnectionDrainingException while it is draining.
     */
    public suspend fun reconnect()

    /**
     * Ends the client without losing a message: subscriptions are ended as by [Subscription.drain], all together; meanwhile publishing
     * still works and subscribing is refused; then all that was published is confirmed by the server and the client is closed.
     *
     * Cancelling the call closes the client.
     *
     * @param timeout how long subscribers may take; `null` takes [TimeoutOptions.drain].
     * @throws DrainTimeoutException if they took longer; the client is closed all the same.
     * @throws IllegalStateException if a handler of this client calls it: the drain would wait for itself. Nothing is ended.
     * @throws ConnectionLostException if a connection was lost meanwhile; the others were drained.
     */
    public suspend fun drain(timeout: Duration? = null)

    /**
     * Ends the client: nothing new is taken, what was published is written out and confirmed by the server (given up when the network takes
     * nothing more of it for [TimeoutOptions.close]), the Flows of subscriptions complete with what was received, requests that wait fail with
     * [ConnectionClosedException]. Idempotent; returns when the sockets are closed. Cancelling the call does not stop the closing.
     */
    public suspend fun close()

    /**
     * Returns when the client has ended: by [drain], by [close], or because reconnecting was given up.
     *
     * For a program that only subscribes. The client's own threads are daemons: they do not keep a JVM alive.
     */
    public suspend fun awaitClosed() {
        state.first { it == ConnectionState.Closed }
    }
}

/** Runs [block] and then closes the client, also when the block fails or is cancelled. */
public suspend inline fun <N : Nats, R> N.use(block: (N) -> R): R {
    try {
        return block(this)
    } finally {
        withContext(NonCancellable) { close() }
    }
}
