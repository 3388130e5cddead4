package dev.midge.nats.testing

import dev.midge.nats.testing.internal.scripted.ScriptRun
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import kotlin.concurrent.thread

/**
 * A server on loopback that says exactly what a test writes down, byte by byte, and checks what it hears: for what no real server does,
 * or does only under circumstances that a test cannot bring about.
 *
 * ```kotlin
 * ScriptedNatsServer.start().use { server ->
 *     server.accept {
 *         handshake()
 *         expectLine("SUB foo")
 *         sendInPieces("MSG foo 1 2\r\nhi\r\n")
 *         close()
 *     }
 *     server.accept { handshake(); expectLine("SUB foo"); awaitClose() }
 *     ...
 *     server.verify()
 * }
 * ```
 * Each script runs on its own daemon thread; all functions may be called from any thread.
 */
public class ScriptedNatsServer private constructor(private val listener: ServerSocket, private val timeout: Duration) : AutoCloseable {
    /** What a connection does. */
    public fun interface Script {
        /** Runs with [connection], which is closed afterwards. Whatever it throws fails [verify] and [ScriptedNatsServer.close]. */
        @Throws(Exception::class)
        public fun run(connection: ScriptedConnection)
    }

    private val waiting = LinkedBlockingQueue<ScriptRun>()
    private val runs = CopyOnWriteArrayList<ScriptRun>()
    private val threads = CopyOnWriteArrayList<Thread>()

    @Volatile
    private var closed = false

    /** The port that the server listens on. */
    public val port: Int get() = listener.localPort

    /** Where clients connect: `nats://127.0.0.1:port`. */
    public val url: String get() = "nats://127.0.0.1:$port"

    init {
        threads += thread(isDaemon = true, name = "scripted-nats-server-$port", block = ::acceptAll)
    }

    /**
     * Has the next connection that has no script yet run [script]; connections get the scripts in the order of these calls. Returns at
     * once. A connection for which there is no script waits, and hears nothing.
     */
    public fun accept(script: Script) {
        check(!closed) { "This server was closed: start a new one." }
        val run = ScriptRun(runs.size + 1, script, timeout)
        runs += run
        waiting += run
    }

    /** As the other [accept]; [script] is written as steps. */
    @JvmSynthetic
    public fun accept(script: ScriptedConnection.() -> Unit): Unit = accept(Script { it.script() })

    /**
     * Waits until every script has come to its end or stalls.
     *
     * @throws AssertionError if one has failed, has not ended within the time limit, or got no connection; it says for each what was
     * expected and what came.
     */
    public fun verify(): Unit = report(runs.mapNotNull { it.await(timeout) })

    /**
     * Closes all connections and the port; scripts that still run are ended. Closing twice does nothing more.
     *
     * @throws AssertionError if a script has failed before. One that has not come to its end yet is no failure here: call [verify] first.
     */
    override fun close() {
        if (closed) return
        closed = true
        listener.close()
        threads.first().interrupt()
        // The last one may have been started meanwhile.
        threads.first().join()
        runs.forEach { it.abandon() }
        threads.drop(1).forEach { it.interruptAndJoin() }
        report(runs.mapNotNull { it.failure })
    }

    /** The URL. */
    override fun toString(): String = "ScriptedNatsServer($url)"

    private fun acceptAll() {
        try {
            while (true) {
                val run = waiting.take()
                val socket = listener.accept()
                threads += thread(isDaemon = true, name = "scripted-nats-connection-$port") { run.run(socket) }
            }
        } catch (_: InterruptedException) {
            return
        } catch (e: IOException) {
            if (!closed) throw e
        }
    }

    private fun Thread.interruptAndJoin() {
        interrupt()
        join()
    }

    private fun report(failures: List<AssertionError>) {
        if (failures.isEmpty()) return
        throw AssertionError(failures.joinToString("\n") { it.message.orEmpty() }).also { all -> failures.forEach(all::addSuppressed) }
    }

    /** Starts servers. */
    public companion object {
        private const val BACKLOG = 1024
        private val DEFAULT_TIMEOUT = Duration.ofSeconds(5)

        /**
         * Starts a server, which accepts connections once there is a script for them.
         *
         * @param port the port to listen on, or 0 for one that the operating system chooses.
         * @param timeout how long each step waits for the client.
         * @throws IOException if the port is taken.
         */
        @JvmStatic
        @JvmOverloads
        @Throws(IOException::class)
        public fun start(port: Int = 0, timeout: Duration = DEFAULT_TIMEOUT): ScriptedNatsServer {
            require(!timeout.isNegative && !timeout.isZero) { "timeout is $timeout, but must be positive." }
            return ScriptedNatsServer(ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress()), timeout)
        }
    }
}
