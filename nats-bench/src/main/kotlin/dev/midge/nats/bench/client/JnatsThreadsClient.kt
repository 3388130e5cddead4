package dev.midge.nats.bench.client

import io.nats.client.Connection
import java.time.Duration

/** jnats with its defaults and blocking requests, each on a thread of its own; a [virtual] one if the JVM has such. */
class JnatsThreadsClient(override val name: String, private val virtual: Boolean) : BenchClient {
    override fun connect(target: Target): BenchConnection {
        val nats = JnatsClient(flushesRequests = true).connection(target)
        return JnatsThreadsConnection(nats, RequestThreads(virtual), JnatsConnection(nats))
    }
}

private class JnatsThreadsConnection(
    private val nats: Connection,
    private val threads: RequestThreads,
    private val plain: BenchConnection,
) : BenchConnection by plain {
    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) =
        threads.run(count, inFlight) { checkNotNull(nats.request(subject, payload, TIMEOUT)) { "no reply within $TIMEOUT" } }

    override fun close() {
        threads.close()
        plain.close()
    }

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(30)
    }
}
