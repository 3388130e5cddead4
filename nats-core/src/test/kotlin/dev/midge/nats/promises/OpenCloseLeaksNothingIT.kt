package dev.midge.nats.promises

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.testing.fixtures.RefusedPort
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.nio.file.Files
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds

private const val TOLERANCE = 2

private class Resources(val descriptors: Int, val threads: Int) {
    fun isBackTo(before: Resources) = descriptors <= before.descriptors + TOLERANCE && threads <= before.threads + TOLERANCE

    companion object {
        fun now() = Resources(
            descriptors = Files.list(Path.of("/proc/self/fd")).use { it.count().toInt() },
            threads = Thread.getAllStackTraces().keys.count { it.isAlive },
        )
    }
}

/** The coroutines of connections. Holds their jobs alone, which hold no connection unless a coroutine of it is left. */
private class OwnCoroutines {
    private val jobs = ArrayList<Job>()

    /** How many have not ended. */
    val count: Int get() = jobs.sumOf(::descendants)

    /** A connection whose coroutines are counted. */
    fun connection(servers: String, configure: NatsOptions.Builder.() -> Unit): NatsConnection {
        val nats = NatsConnection(servers, configure)
        jobs += nats.supervisor.scope.coroutineContext.job
        return nats
    }

    private fun descendants(job: Job): Int = job.children.sumOf { 1 + descendants(it) }
}

class OpenCloseLeaksNothingIT :
    FunSpec({
        promise("opening and closing leaves no thread, socket, coroutine or client of the server, failing or not", longRun) {
            val server = server()
            val proxy = proxy(server.port)
            val dead = closing(RefusedPort()).url
            val quick = TimeoutOptions {
                connect = 500.milliseconds
                close = 500.milliseconds
            }
            val coroutines = OwnCoroutines()
            suspend fun cycle(number: Int) {
                when (number % 6) {
                    0, 1, 2 -> used(coroutines.connection(server.url) { timeouts = quick })
                    3 -> refused(coroutines.connection(dead) { timeouts = quick })
                    4 -> cut(coroutines.connection(proxy.url) { reconnect { maxReconnects = 0 } }, proxy)
                    else -> abandoned(coroutines.connection(server.url) { timeouts = quick })
                }
            }
            // Classes, dispatchers, the pools of the JVM.
            repeat(60) { cycle(it) }
            until { server.clients() == 0 }
            val before = Resources.now()
            repeat(rounds(300, 2_000)) { cycle(it) }
            until { server.clients() == 0 && proxy.openConnections == 0 }
            until { coroutines.count == 0 }
            // Closing is done when the call returns; threads of Dispatchers.IO end a while after their last work.
            until { Resources.now().isBackTo(before) }
            figure("OpenCloseLeaksNothing: ${rounds(300, 2_000)} cycles, threads and descriptors back within $TOLERANCE, 0 coroutines")
        }

        promise("reconnecting over and over leaves nothing behind", longRun) {
            val server = server()
            val proxy = proxy(server.port)
            val coroutines = OwnCoroutines()
            val atOnce = ReconnectOptions {
                wait = 0.milliseconds
                jitter = 0.milliseconds
            }
            coroutines.connection(proxy.url) { reconnect = atOnce }.use { nats ->
                repeat(100) { nats.subscribeInline("kept.$it") { } }
                nats.flush()
                val events = eventsOf(nats)
                suspend fun cycle() {
                    proxy.resetConnections()
                    events.next<NatsEvent.Reconnected>()
                }
                repeat(20) { cycle() }
                until { proxy.openConnections == 1 && server.clients() == 1 }
                val before = Resources.now()
                val ofOneSession = coroutines.count
                repeat(rounds(200, 2_000)) { cycle() }
                until { proxy.openConnections == 1 && server.clients() == 1 }
                until { coroutines.count <= ofOneSession }
                until { Resources.now().isBackTo(before) }
            }
            until { coroutines.count == 0 }
        }
    })

private suspend fun used(nats: NatsConnection) {
    nats.subscribe("used") { nats.publish(checkNotNull(it.replyTo), it.payload) }
    nats.request("used", "1".encodeToByteArray()).text() shouldBe "1"
    if (nats.hashCode() % 2 == 0) nats.close() else nats.drain()
    nats.state.value shouldBe ConnectionState.Closed
}

private suspend fun refused(nats: NatsConnection) {
    shouldThrow<NatsException> { nats.connect() }
    nats.close()
}

/** The network ends it. */
private suspend fun cut(nats: NatsConnection, proxy: dev.midge.nats.testing.FaultProxy) {
    nats.subscribe("cut") { }
    nats.flush()
    proxy.resetConnections()
    nats.state.let { state -> until { state.value == ConnectionState.Closed } }
    nats.close()
}

/** Closed while it connects. */
private suspend fun PromiseScope.abandoned(nats: NatsConnection) {
    val connecting = launch(start = CoroutineStart.UNDISPATCHED) { runCatching { nats.connect() } }
    nats.close()
    connecting.join()
}
