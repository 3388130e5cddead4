package dev.midge.nats.bench.client

import dev.midge.nats.NatsConnection
import kotlinx.coroutines.runBlocking

/**
 * Midge as a newcomer would use it. With [inline], messages are received by `subscribeInline`: on the coroutine that reads the socket,
 * without a queue.
 */
class MidgeClient(private val inline: Boolean) : BenchClient {
    override val name = if (inline) "midge-inline" else "midge"

    override fun connect(url: String): BenchConnection {
        val nats = NatsConnection(url)
        runBlocking { nats.connect() }
        return MidgeConnection(nats, inline)
    }
}
