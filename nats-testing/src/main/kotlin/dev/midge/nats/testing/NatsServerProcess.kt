package dev.midge.nats.testing

import dev.midge.nats.testing.internal.process.ServerChild
import dev.midge.nats.testing.internal.process.ServerDirectory
import dev.midge.nats.testing.internal.process.ServerPorts
import dev.midge.nats.testing.internal.process.reloadAndWait
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.TimeUnit

/**
 * The real `nats-server` as a child process on loopback, for tests that must know how a real server behaves and fails.
 *
 * ```kotlin
 * NatsServerProcess.start { version = "2.10.27"; jetStream = true }.use { server ->
 *     connect(server.url)
 * }
 * ```
 * The process and its temporary directory (configuration, log, JetStream store) are gone after [close], and at the latest when the JVM
 * exits. The functions that change the process ([kill], [restart], ...) may be called from any thread, but not at the same time.
 *
 * @property options what the process was started with.
 */
public class NatsServerProcess private constructor(
    public val options: NatsServerProcessOptions,
    /** The executable that runs. */
    public val binary: NatsServerBinary,
    private val directory: ServerDirectory,
    clusterArguments: List<String>,
) : AutoCloseable {
    @Volatile
    private var child = ServerChild.start(binary, directory, options, clusterArguments, ports = null)

    /** Kept over restarts: clients must find the server where it was. */
    internal val ports: ServerPorts = child.ports

    private val clusterArgumentsAtRestart =
        clusterArguments.map { argument -> if (argument == RANDOM_CLUSTER_URL) "nats://$HOST:${ports.cluster}" else argument }

    /** The client port, the same for the life of this object. */
    public val port: Int get() = ports.client

    /** Where clients connect: `nats://127.0.0.1:port`. */
    public val url: String get() = "nats://$HOST:$port"

    /** The monitoring endpoint: `http://127.0.0.1:port`, which serves `/connz`, `/varz` and so on. */
    public val monitorUrl: String get() = "http://$HOST:${ports.monitoring}"

    /**
     * The port for WebSocket clients, the same for the life of this object if the configuration leaves it open; see
     * [NatsServerProcessOptions.config].
     *
     * @throws IllegalStateException if the configuration has no `websocket`.
     */
    public val websocketPort: Int get() = websocket.port

    /** Where WebSocket clients connect: `ws://127.0.0.1:port`, or `wss://` if the configuration has TLS for it; as [websocketPort]. */
    public val websocketUrl: String get() = "${websocket.scheme}://$HOST:$websocketPort"

    private val websocket get() = checkNotNull(ports.websocket) {
        "This server's configuration has no websocket { port: \$WEBSOCKET_PORT }."
    }

    /** The process id; a new one after [restart]. */
    public val pid: Long get() = child.process.pid()

    /** Whether the process runs; a paused one does. */
    public val isAlive: Boolean get() = child.process.isAlive

    /** The configuration file in use, or `null` if there is none. */
    public val configFile: Path? get() = options.configFile ?: directory.config.takeIf { options.config != null }

    /** All that the server has written to its standard streams since the first start, restarts included. */
    public fun log(): String = directory.readLog()

    /** Ends the process at once (SIGKILL): the server gets no chance to tell its clients. Returns when it is gone. */
    public fun kill() {
        child.process.destroyForcibly().waitFor()
    }

    /** Freezes the process (SIGSTOP): sockets stay open and nothing is read or answered until [resume]. */
    public fun pause(): Unit = child.signal("STOP")

    /** Lets a paused process go on (SIGCONT). */
    public fun resume(): Unit = child.signal("CONT")

    /**
     * Sends a signal by the name that `nats-server --signal` has for it: `stop` (SIGKILL), `quit` (SIGINT), `term` (SIGTERM),
     * `reload` (SIGHUP), `reopen` (SIGUSR1) or `ldm` (SIGUSR2, lame duck mode). Returns once it is sent; see [awaitExit].
     *
     * @throws IllegalArgumentException for any other name.
     */
    public fun signal(name: String) {
        val signal = requireNotNull(SIGNALS[name]) { "nats-server knows no signal '$name': use one of ${SIGNALS.keys}." }
        child.signal(signal)
    }

    /**
     * Replaces the text of [configFile] by [config], has the server read it again, and returns once the log says that it did.
     *
     * @throws IllegalStateException if the server was started without a configuration, or refuses this one; the message has the log's line.
     */
    public fun reload(config: String) {
        val file = checkNotNull(configFile) { "This server was started without a config: there is nothing to reload." }
        reloadAndWait(child, file, config, options.startTimeout)
    }

    /** Waits until the process has ended, for at most [timeout]; whether it has. */
    public fun awaitExit(timeout: Duration): Boolean = child.process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)

    /**
     * Ends the process in its orderly way (SIGTERM), or by force if that takes longer than 5 s. The temporary directory stays for
     * [restart].
     */
    public fun shutdown(): Unit = child.shutdown()

    /**
     * Starts the server again on the same ports, with the same configuration and store; one that still runs is shut down first.
     *
     * @throws NatsServerStartException if it does not come up, for instance because another process took the port meanwhile.
     */
    public fun restart() {
        check(directory.exists) { "This server was closed: its directory is gone. Start a new one." }
        shutdown()
        child = ServerChild.start(binary, directory, options, clusterArgumentsAtRestart, ports)
    }

    /** Ends the process and removes its temporary directory. Closing twice does nothing more. */
    override fun close() {
        child.shutdown()
        directory.delete()
    }

    /** The URL, the process id and the version. */
    override fun toString(): String = "NatsServerProcess($url, pid $pid, ${binary.version})"

    /** Starts servers. */
    public companion object {
        internal const val HOST = "127.0.0.1"
        internal const val RANDOM_CLUSTER_URL = "nats://$HOST:-1"

        private val SIGNALS =
            mapOf("stop" to "KILL", "quit" to "INT", "term" to "TERM", "reload" to "HUP", "reopen" to "USR1", "ldm" to "USR2")

        /**
         * Starts a server and returns when it accepts connections.
         *
         * @throws NatsServerNotFoundException if there is no executable to start.
         * @throws NatsServerStartException if it is not up within [NatsServerProcessOptions.startTimeout]; the message has its log.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(options: NatsServerProcessOptions = NatsServerProcessOptions.builder().build()): NatsServerProcess =
            start(options, clusterArguments = emptyList())

        /** Starts a server with the options that [configure] sets; as [start]. */
        @JvmSynthetic
        public fun start(configure: NatsServerProcessOptions.Builder.() -> Unit): NatsServerProcess =
            start(NatsServerProcessOptions.builder().apply(configure).build())

        internal fun start(options: NatsServerProcessOptions, clusterArguments: List<String>): NatsServerProcess {
            val binary = options.version?.let { NatsServerBinary.version(it) } ?: NatsServerBinary.find()
            val directory = ServerDirectory.create()
            try {
                return NatsServerProcess(options, binary, directory, clusterArguments)
            } catch (e: Throwable) {
                directory.delete()
                throw e
            }
        }
    }
}
