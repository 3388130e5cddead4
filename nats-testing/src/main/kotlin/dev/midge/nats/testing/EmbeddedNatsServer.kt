package dev.midge.nats.testing

import dev.midge.nats.testing.internal.embedded.ServerLoop
import java.io.IOException

/**
 * A NATS server inside this JVM: it starts in milliseconds, needs nothing installed, and speaks the core protocol as `nats-server` 2.10
 * does, error texts and limits included.
 *
 * ```kotlin
 * EmbeddedNatsServer.start().use { server -> connect(server.url) }
 * EmbeddedNatsServer.start { port = 4222; user("joe", "secret") }
 * ```
 * It is meant for tests and quickstarts: publish, subscribe, queue groups, request/reply, headers, no responders, users and tokens. It has
 * no TLS, no cluster, no JetStream, no accounts and no permissions, and it does not PING idle clients; [NatsServerProcess] runs a server
 * that has all of it. A publisher that is ahead of a subscriber is slowed down to its pace; a subscriber that reads nothing is cut off when
 * [EmbeddedNatsServerOptions.maxPendingBytes] wait for it. Everything happens on one daemon thread, so it does not keep the JVM alive. All functions may be called from any thread.
 *
 * @property options what the server was started with.
 */
public class EmbeddedNatsServer private constructor(public val options: EmbeddedNatsServerOptions) : AutoCloseable {
    private val loop = ServerLoop(options)

    /** The port that the server listens on. */
    public val port: Int get() = loop.port

    /** Where clients connect: `nats://host:port`. */
    public val url: String get() = "nats://${options.host}:$port"

    /** How many clients are connected now. */
    public val connections: Int get() = loop.context.connectionCount

    /** How many subscriptions all clients have now. */
    public val subscriptions: Int get() = loop.context.router.subscriptionCount

    /** Waits until the server was closed. */
    public fun awaitClosed(): Unit = loop.awaitClosed()

    /** Cuts off all clients and returns when the port is free. Closing twice does nothing more. */
    override fun close(): Unit = loop.close()

    /** The URL. */
    override fun toString(): String = "EmbeddedNatsServer($url)"

    /** Starts servers. */
    public companion object {
        /**
         * Starts a server and returns when it accepts connections.
         *
         * @throws IOException if the port is taken.
         */
        @JvmStatic
        @JvmOverloads
        @Throws(IOException::class)
        public fun start(options: EmbeddedNatsServerOptions = EmbeddedNatsServerOptions.builder().build()): EmbeddedNatsServer =
            EmbeddedNatsServer(options)

        /** Starts a server with the options that [configure] sets; as [start]. */
        @JvmSynthetic
        public fun start(configure: EmbeddedNatsServerOptions.Builder.() -> Unit): EmbeddedNatsServer =
            start(EmbeddedNatsServerOptions.builder().apply(configure).build())
    }
}
