package dev.midge.nats.bench.client

import dev.midge.nats.NatsConnection
import kotlinx.coroutines.runBlocking
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Midge as a Kotlin program would use it.
 *
 * @param receiving how messages are received.
 * @param requesters where concurrent requests run; by default on the event loop of the calling thread.
 */
class MidgeClient(
    override val name: String,
    private val receiving: Receiving = Receiving.Flow,
    private val requesters: CoroutineContext = EmptyCoroutineContext,
) : BenchClient {
    override fun connect(target: Target): BenchConnection {
        val nats = midgeConnection(target)
        runBlocking { nats.connect() }
        return MidgeConnection(nats, receiving, requesters)
    }
}

/** A connection of Midge's to [target], with its defaults but for [CONNECT_TIME]; not connected yet. */
internal fun midgeConnection(target: Target): NatsConnection = NatsConnection(target.url) {
    timeouts { connect = CONNECT_TIME }
    target.sslContext?.let { tls { sslContext = { it } } }
}

/** For a client that has its classes yet to load, on a machine that has other things to do. */
internal val CONNECT_TIME: Duration = 30.seconds
