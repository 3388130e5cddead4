package dev.midge.nats.internal.pool

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.ExperimentalForInheritanceCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch

/** One state for all [connections]: the first of [order] that any of them is in. */
@OptIn(ExperimentalForInheritanceCoroutinesApi::class)
internal class MergedState(private val connections: List<NatsConnection>) : StateFlow<ConnectionState> {
    override val value: ConnectionState
        get() = merged(connections.map { it.state.value })

    override val replayCache: List<ConnectionState>
        get() = listOf(value)

    override suspend fun collect(collector: FlowCollector<ConnectionState>): Nothing = coroutineScope {
        val changes = Channel<Unit>(Channel.CONFLATED)
        for (connection in connections) {
            // At once: what it is now is emitted before anything can change.
            launch(start = CoroutineStart.UNDISPATCHED) { connection.state.collect { changes.trySend(Unit) } }
        }
        var last: ConnectionState? = null
        for (change in changes) {
            val now = value
            if (now != last) collector.emit(now)
            last = now
        }
        awaitCancellation()
    }

    private fun merged(states: List<ConnectionState>): ConnectionState = order.first(states::contains)

    private companion object {
        val order = listOf(
            ConnectionState.Draining,
            ConnectionState.Reconnecting,
            ConnectionState.Connecting,
            ConnectionState.Connected,
            ConnectionState.Idle,
            ConnectionState.Closed,
        )
    }
}

/** What happens on all [connections], from the moment of collecting on. */
internal class MergedEvents(private val connections: List<NatsConnection>) : Flow<NatsEvent> {
    override suspend fun collect(collector: FlowCollector<NatsEvent>) {
        coroutineScope {
            // A collector that is slow lets events wait where they are: with their connection, in bounded number.
            val merged = Channel<NatsEvent>()
            for (connection in connections) {
                // At once: what happens right after the call is not to be missed.
                launch(start = CoroutineStart.UNDISPATCHED) { connection.events.collect { merged.send(it) } }
            }
            for (event in merged) collector.emit(event)
        }
    }
}
