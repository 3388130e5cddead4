package dev.midge.nats.bench.client

import dev.midge.nats.NatsConnection
import dev.midge.nats.TlsOptions
import kotlinx.coroutines.runBlocking

/**
 * Midge as a newcomer would use it. With [inline], messages are received by `subscribeInline`: on the coroutine that reads the socket,
 * without a queue.
 */
class MidgeClient(private val inline: Boolean) : BenchClient {
    override val name = if (inline) "midge-inline" else "midge"

    override fun connect(target: Target): BenchConnection {
        val nats = NatsConnection(target.url) { target.sslContext?.let { tls { sslContext = { it } } } }
        runBlocking { nats.connect() }
        return MidgeConnection(nats, inline)
    }
}
