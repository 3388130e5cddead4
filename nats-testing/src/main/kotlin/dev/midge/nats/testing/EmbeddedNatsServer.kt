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
 * It is meant for tests and quickstarts: publish, subscribe, queue groups, request/reply, headers, no responders, users, tokens and TLS. It
 * has no cluster, no JetStream, no accounts and no permissions, and it does not PING idle clients; [NatsServerProcess] runs a server that
 * has all of it. How a client takes the end of a connection, a restart or a lame duck is tested with [disconnectClients], [shutdown],
 * [restart] and [pushInfo].
 *
 * A publisher that is ahead of a subscriber is slowed down to its pace; a subscriber that reads nothing is cut off when
 * [EmbeddedNatsServerOptions.maxPendingBytes] wait for it. Everything happens on one daemon thread, so it does not keep the JVM alive. All
 * functions may be called from any thread.
 *
 * @property options what the server was started with.
 */
public class EmbeddedNatsServer private constructor(public val options: EmbeddedNatsServerOptions) : AutoCloseable {
    private val loop = ServerLoop(options)
    private val scheme = if (options.tls.let { it == null || it.mode == EmbeddedServerTls.Mode.AVAILABLE }) "nats" else "tls"

    /** The port that the server listens on. */
    public val port: Int get() = loop.port

    /** Where clients connect: `nats://host:port`, or `tls://host:port` where TLS is a must. */
    public val url: String get() = "$scheme://${options.host}:$port"

    /** How many clients are connected now. */
    public val connections: Int get() = loop.context.connectionCount

    /** How many subscriptions all clients have now. */
    public val subscriptions: Int get() = loop.context.router.subscriptionCount

    /**
     * Cuts off all clients without a word and refuses new ones until [restart]; returns when that is done. The operating system gives
     * the port to nobody else meanwhile.
     * Shutting down twice does nothing more.
     *
     * @throws IllegalStateException after [close].
     */
    public fun shutdown(): Unit = loop.shutdown()

    /**
     * Listens on the same port again, as another server: nothing is left of clients, subscriptions and [pushInfo]. One that still runs is
     * shut down first.
     *
     * @throws IllegalStateException after [close].
     * @throws java.io.UncheckedIOException if another process has bound this very port since [shutdown].
     */
    public fun restart(): Unit = loop.restart()

    /**
     * Cuts off all clients that are connected now, or those that told [name] in CONNECT; they may connect again. Returns how many they
     * were.
     *
     * @throws IllegalStateException after [close].
     */
    @JvmOverloads
    public fun disconnectClients(name: String? = null): Int = loop.disconnect { name == null || it.session.name == name }

    /**
     * Sends a new INFO to all clients whose CONNECT said protocol 1, as real servers do when a cluster changes or lame duck mode begins;
     * those who connect later get it at once. Each call replaces what the one before has said.
     *
     * @param connectUrls the `host:port` of the servers that clients may go to.
     * @param lameDuck whether this server is about to end (`ldm`). It goes on until [shutdown].
     * @throws IllegalStateException after [close].
     */
    @JvmOverloads
    public fun pushInfo(connectUrls: List<String> = emptyList(), lameDuck: Boolean = false): Unit = loop.pushInfo(connectUrls, lameDuck)

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
         * @throws IOException if the port is taken, or the address is none of this machine.
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
