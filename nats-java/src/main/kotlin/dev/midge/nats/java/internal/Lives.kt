package dev.midge.nats.java.internal

import dev.midge.nats.Nats
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsShards

/** What of the life of a client differs between one connection, a pool and shards. */
internal object Lives {
    /** The connections that [nats] is made of, in order; never empty. */
    @JvmStatic
    fun connections(nats: Nats): List<NatsConnection> = when (nats) {
        is NatsConnection -> listOf(nats)
        is NatsConnectionPool -> nats.connections
        is NatsShards -> nats.shards.flatMap { it.pool.connections }
    }
}
