package dev.midge.nats.java.internal

import dev.midge.nats.Nats
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsOptions
import dev.midge.nats.NatsShards
import kotlinx.coroutines.CoroutineDispatcher

/** What of the life of a client differs between one connection, a pool and shards. */
internal object Lives {
    /** The connections that [nats] is made of, in order; never empty. */
    @JvmStatic
    fun connections(nats: Nats): List<NatsConnection> = when (nats) {
        is NatsConnection -> listOf(nats)
        is NatsConnectionPool -> nats.connections
        is NatsShards -> nats.shards.flatMap { it.pool.connections }
    }

    /** What [nats] was made with; of several connections, what the first was made with. */
    @JvmStatic
    fun options(nats: NatsOperations): NatsOptions = when (nats) {
        is NatsConnection -> nats.options
        is NatsConnectionPool -> nats.options
        is NatsShards -> nats.shards.first().pool.options
        else -> error("$nats is no connection, pool or shards")
    }

    /** Where handlers run, and what is chained to futures. */
    @JvmStatic
    fun dispatcher(nats: NatsOperations): CoroutineDispatcher = options(nats).dispatcher

    /** As [options] say. */
    @JvmStatic
    fun dispatcher(options: NatsOptions): CoroutineDispatcher = options.dispatcher
}
