package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOptions
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.NatsCluster
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.NatsServerProcessOptions
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The servers that are tested, from the oldest to the newest. */
val serverVersions: List<String> = listOf("2.9.10", "2.10.27", "2.15.1")

/** What a test of a promise has at hand; everything is closed when the test ends. */
class PromiseScope(scope: CoroutineScope) : CoroutineScope by scope {
    private val connections = ArrayList<NatsConnection>()
    private val closeables = ArrayList<AutoCloseable>()

    fun <C : AutoCloseable> closing(closeable: C): C = closeable.also(closeables::add)

    fun server(version: String = serverVersions[1], configure: NatsServerProcessOptions.Builder.() -> Unit = {}): NatsServerProcess =
        closing(
            NatsServerProcess.start {
                this.version = version
                configure()
            },
        )

    fun cluster(
        nodes: Int,
        version: String = serverVersions[1],
        configure: NatsServerProcessOptions.Builder.() -> Unit = {},
    ): NatsCluster = closing(
        NatsCluster.start(nodes) {
            this.version = version
            configure()
        },
    )

    fun proxy(targetPort: Int): FaultProxy = closing(FaultProxy.start(targetPort))

    fun connection(servers: String, configure: NatsOptions.Builder.() -> Unit = {}): NatsConnection =
        NatsConnection(servers, configure).also(connections::add)

    /** All connections until now. */
    fun members(): List<NatsConnection> = connections.toList()

    /** The events of [nats] from now on. */
    fun eventsOf(nats: NatsConnection): EventLog {
        val log = EventLog()
        launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect(log::add) }
        return log
    }

    suspend fun closeAll() {
        coroutineScope { connections.forEach { launch { it.close() } } }
        closeables.asReversed().forEach { it.close() }
    }
}

/** A test of a promise. */
fun FunSpecRootScope.promise(name: String, timeout: Duration = 60.seconds, test: suspend PromiseScope.() -> Unit) {
    test(name).config(timeout = timeout) { promiseScope(test) }
}

/** Runs [test] off the test framework's thread, as a program would, and closes what it has opened. */
suspend fun promiseScope(test: suspend PromiseScope.() -> Unit) {
    withContext(Dispatchers.Default) {
        val scope = PromiseScope(this)
        try {
            scope.test()
        } finally {
            // Publishers that find their connection closed would hide what the test has to say.
            val launched = coroutineContext.job.children.toList()
            launched.forEach { it.cancel() }
            withContext(NonCancellable) {
                launched.joinAll()
                scope.closeAll()
            }
        }
    }
}

/** Returns once [condition] holds, which nothing tells of; the test's timeout bounds it. */
suspend fun until(condition: suspend () -> Boolean) {
    while (!condition()) delay(2.milliseconds)
}
