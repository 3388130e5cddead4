package dev.midge.nats.bench.client

import io.nats.client.Connection
import java.time.Duration

/** jnats with its defaults and blocking requests, each on a thread of its own. */
class JnatsThreadsClient : BenchClient {
    override val name = "jnats-threads"

    override fun connect(target: Target): BenchConnection {
        val nats = JnatsClient(flushesRequests = true).connection(target)
        return JnatsThreadsConnection(nats, JnatsConnection(nats))
    }
}

private class JnatsThreadsConnection(private val nats: Connection, plain: BenchConnection) : BenchConnection by plain {
    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) =
        requestByThreads(count, inFlight) { checkNotNull(nats.request(subject, payload, TIMEOUT)) { "no reply within $TIMEOUT" } }

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(30)
    }
}
