package dev.midge.nats.testing.internal.scripted

import dev.midge.nats.testing.ScriptedConnection
import dev.midge.nats.testing.ScriptedNatsServer
import java.net.Socket
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** One script and what became of it. */
internal class ScriptRun(private val number: Int, private val script: ScriptedNatsServer.Script, private val timeout: Duration) {
    private val settled = CountDownLatch(1)

    /** Both guarded by this object: whichever of [run] and [abandon] comes second sees what the first one did. */
    private var connection: ScriptedConnection? = null
    private var isAbandoned = false

    /** What went wrong, said for people; `null` while nothing has. Published by [settled]. */
    @Volatile
    var failure: AssertionError? = null
        private set

    /** Runs the script over [socket], and closes that. */
    fun run(socket: Socket) {
        socket.use {
            val connection = begin(socket) ?: return
            try {
                script.run(connection)
            } catch (e: Throwable) {
                // A step that was cut short by the end of the test tells nothing.
                if (!connection.isAbandoned) failure = AssertionError("Connection $number: ${e.message ?: e}", e)
            } finally {
                connection.close()
                settled.countDown()
            }
        }
    }

    /** Ends the connection, whatever its script waits for. */
    @Synchronized
    fun abandon() {
        isAbandoned = true
        connection?.abandon()
    }

    /** Waits until the script has ended or stalls; what is wrong, or `null`. */
    fun await(timeout: Duration): AssertionError? {
        if (settled.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) return failure
        val step = step() ?: return AssertionError("Connection $number: the client did not connect within $timeout.")
        return AssertionError("Connection $number: the script has not ended within $timeout: it is at $step.")
    }

    @Synchronized
    private fun begin(socket: Socket): ScriptedConnection? =
        if (isAbandoned) null else ScriptedConnection(socket, timeout, settled::countDown).also { connection = it }

    @Synchronized
    private fun step(): String? = connection?.step
}
