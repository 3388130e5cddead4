package dev.midge.nats.bench.cli

import dev.midge.nats.testing.NatsServerProcess

/** The server to measure against: one that somebody else runs, or one of our own. */
class BenchServer(val url: String, private val process: AutoCloseable?) : AutoCloseable {
    override fun close() {
        process?.close()
    }
}

/** The server at [url], or a new one if there is none. */
fun serverFor(url: String?): BenchServer {
    if (url != null) return BenchServer(url, process = null)
    val process = NatsServerProcess.start { config = SERVER_CONFIG }
    return BenchServer(process.url, process)
}

/** A subscriber that falls behind for a moment is part of a comparison of speed; a server that cuts it off would end it. */
private const val SERVER_CONFIG = """
max_pending: 512MB
write_deadline: "30s"
"""
