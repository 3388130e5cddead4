package dev.midge.nats.bench.cli

import dev.midge.nats.bench.client.Target
import dev.midge.nats.testing.NatsServerProcess

/** The server to measure against: one that somebody else runs, or one of our own. */
class BenchServer(val target: Target, private vararg val resources: AutoCloseable) : AutoCloseable {
    override fun close() = resources.forEach(AutoCloseable::close)
}

/** The server at [url], or a new one if there is none; one that speaks nothing but TLS if [tls]. */
fun serverFor(url: String?, tls: Boolean): BenchServer {
    if (url != null) return BenchServer(Target(url))
    if (tls) return tlsServer()
    val process = NatsServerProcess.start { config = SERVER_CONFIG }
    return BenchServer(Target(process.url), process)
}

/** What JetStream is measured against, unless something else is asked for. */
internal const val USUAL_SERVER_VERSION: String = "2.15.1"

/** A new server of [version] with JetStream. */
internal fun jetStreamServer(version: String): NatsServerProcess = NatsServerProcess.start {
    this.version = version
    jetStream = true
    config = SERVER_CONFIG
}

private fun tlsServer(): BenchServer {
    val certificate = BenchCertificate()
    val process = NatsServerProcess.start { config = SERVER_CONFIG + certificate.serverConfig }
    return BenchServer(Target(process.url.replace("nats://", "tls://"), certificate.sslContext), process, certificate)
}

/** A subscriber that falls behind for a moment is part of a comparison of speed; a server that cuts it off would end it. */
private const val SERVER_CONFIG = """
max_pending: 512MB
write_deadline: "30s"
"""
