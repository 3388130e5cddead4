package dev.midge.nats.internal.pool

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.joinAll
import kotlin.time.Duration

/** Whether it is open, or will be once it is used: not lost, and not about to end. */
internal val NatsConnection.isUsable: Boolean
    get() = when (supervisor.state.value) {
        ConnectionState.Idle, ConnectionState.Connecting, ConnectionState.Connected -> true
        ConnectionState.Reconnecting, ConnectionState.Draining, ConnectionState.Closed -> false
    }

/** Whether it is lost and not back yet. */
internal val NatsConnection.isLost: Boolean
    get() = supervisor.state.value == ConnectionState.Reconnecting

/** Whether it has ended for good: nothing that it took is under way any more. */
internal val NatsConnection.hasEnded: Boolean
    get() = supervisor.released.isCompleted

/** Those that have not ended for good; all if none is left, so that operations say that they have. */
internal fun List<NatsConnection>.living(): List<NatsConnection> = filterNot { it.hasEnded }.ifEmpty { this }

/** The time of the slowest of all round trips. */
internal suspend fun List<NatsConnection>.pingAll(timeout: Duration?): Duration =
    living().inParallel { it.ping(timeout) }.throwFirst().max()

/**
 * Drains all connections and returns how each ended, when all are closed. None is closed before all have handled what they received, for a
 * handler of one may publish by any other; only those that are lost are not waited for.
 */
internal suspend fun List<NatsConnection>.drainAll(timeout: Duration?): List<Result<Unit>> {
    val handled = map { CompletableDeferred<Unit>() }
    return zip(handled).inParallel { (connection, own) ->
        if (connection.isLost) own.complete(Unit)
        try {
            connection.drain(timeout) {
                own.complete(Unit)
                handled.joinAll()
            }
        } finally {
            own.complete(Unit)
        }
    }
}
