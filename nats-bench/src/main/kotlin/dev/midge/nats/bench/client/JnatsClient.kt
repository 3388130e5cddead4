package dev.midge.nats.bench.client

import io.nats.client.Connection
import io.nats.client.Nats
import io.nats.client.Options
import java.time.Duration
import kotlin.time.toJavaDuration

/**
 * jnats, set up for speed.
 *
 * Its defaults are left where others were measured to be slower or no faster: larger buffers and a longer outgoing queue (at 1 KiB half
 * the rate), no `no_responders`. Its dispatcher with an executor runs handlers of one subscription side by side, so that messages are out of
 * order: no other client here gives that up, and it is not used.
 */
class JnatsClient(private val flushesRequests: Boolean) : BenchClient {
    override val name = if (flushesRequests) "jnats" else "jnats-noflush"

    override fun connect(target: Target): BenchConnection = JnatsConnection(connection(target))

    /** A connection with these options, for a [BenchConnection] that uses it in another way. */
    fun connection(target: Target): Connection = Nats.connect(options(target))

    private fun options(target: Target): Options = Options
        .Builder()
        .server(target.url)
        .connectionTimeout(CONNECT_TIME.toJavaDuration())
        // A full queue makes the publisher wait. The default, 20 s, would do; this only rules out that a slow machine throws.
        .writeQueuePushTimeout(Duration.ofMinutes(1))
        // The subjects of a benchmark are valid, and the other clients check theirs once.
        .subjectValidationType(Options.SubjectValidationType.None)
        // By default each request flushes; without that, concurrent requests are batched. Its documentation recommends neither.
        .apply { if (!flushesRequests) dontForceFlushOnRequest() }
        .apply { target.sslContext?.let(::sslContext) }
        .noReconnect()
        .build()
}
