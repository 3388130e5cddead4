package dev.midge.nats.internal.pool

import dev.midge.nats.NatsConnection
import dev.midge.nats.PoolSelection
import dev.midge.nats.Subject
import dev.midge.nats.internal.protocol.SubjectHash

/** Chooses among the [connections] of a pool. Neither locks nor allocates. */
internal class ConnectionSelector(private val connections: List<NatsConnection>, private val selection: PoolSelection) : ConnectionRoute {
    private val size = connections.size
    private val publishing = Rotation(size)
    private val subscribing = Rotation(size)

    /**
     * Whether the pool is being drained or closed. Set before the first connection ends, so that a connection which is seen to have ended
     * either has ended by itself, or this is seen as well.
     */
    @Volatile
    var isEnding = false

    override fun connection(subject: Subject): NatsConnection = connection() ?: home(subject)

    override fun connection(): NatsConnection? = when {
        size == 1 -> connections[0]

        else -> when (selection) {
            PoolSelection.BySubject -> null
            PoolSelection.RoundRobin -> next(publishing)
            PoolSelection.LeastPending -> leastPending()
        }
    }

    override fun part(subject: Subject): Any = if (selection == PoolSelection.BySubject) connection(subject) else this

    override fun alternatives(subject: Subject): List<NatsConnection> =
        if (selection == PoolSelection.BySubject) emptyList() else connections

    /** The connection for a subscription. */
    fun forSubscription(): NatsConnection = next(subscribing)

    /** Always the same one while it lives, also while it is lost: what waits there goes ahead of what comes. After its end, the next one. */
    private fun home(subject: Subject): NatsConnection {
        val first = SubjectHash.bucket(subject.hash, size)
        return from(first) { !it.hasEnded || isEnding } ?: connections[first]
    }

    /** The next one in turn that works; if none does, the next one that is not closed. */
    private fun next(rotation: Rotation): NatsConnection {
        val first = rotation.next()
        return from(first) { it.isUsable } ?: from(first) { !it.hasEnded } ?: connections[first]
    }

    private fun leastPending(): NatsConnection {
        val first = publishing.next()
        var best: NatsConnection? = null
        var least = Long.MAX_VALUE
        for (i in 0 until size) {
            val connection = connections[(first + i) % size]
            if (!connection.isUsable) continue
            val pending = connection.supervisor.outbound.pendingBytesEstimate
            if (pending < least) {
                least = pending
                best = connection
            }
        }
        return best ?: from(first) { !it.hasEnded } ?: connections[first]
    }

    private inline fun from(first: Int, accepts: (NatsConnection) -> Boolean): NatsConnection? {
        for (i in 0 until size) {
            val connection = connections[(first + i) % size]
            if (accepts(connection)) return connection
        }
        return null
    }
}
