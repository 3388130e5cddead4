package dev.midge.nats.samples

import dev.midge.nats.testing.EmbeddedNatsServer

/** The server that a sample talks to: the one at NATS_URL if that is set, otherwise one in this JVM. */
class SampleServer private constructor(val url: String, val description: String, private val embedded: AutoCloseable?) : AutoCloseable {
    override fun close() {
        embedded?.close()
    }

    companion object {
        @JvmStatic
        @JvmOverloads
        fun start(url: String? = System.getenv("NATS_URL")): SampleServer {
            if (url != null) return SampleServer(url, "the server of NATS_URL", embedded = null)
            val embedded = EmbeddedNatsServer.start()
            return SampleServer(embedded.url, "an embedded server", embedded)
        }
    }
}
