package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.ServerFeature
import java.util.concurrent.ConcurrentHashMap

/**
 * What the JetStream servers can do: their API level, asked once a link of each connection. The server that the client is connected to does
 * not decide that, another one may hold the stream; but when the link changes, the servers may have been changed with it.
 */
@OptIn(InternalNatsApi::class)
internal class ApiLevels(private val channel: ApiChannel) {
    private class Known(val epoch: Long, val level: Int)

    /** As many as the client has connections. */
    private val known = ConcurrentHashMap<NatsConnection, Known>()

    suspend fun level(): Int {
        val seam = channel.seam
        val epoch = seam.epoch
        known[seam.connection]?.let { if (it.epoch == epoch) return it.level }
        val level = channel.request("INFO").obj("api").int("level")
        known[seam.connection] = Known(epoch, level)
        return level
    }

    /** Throws if the servers are too old for [feature]: they would take it for something else without a word. */
    suspend fun require(feature: ServerFeature) {
        val found = level()
        if (found < feature.level) throw FeatureNotSupportedException(feature, found)
    }
}
