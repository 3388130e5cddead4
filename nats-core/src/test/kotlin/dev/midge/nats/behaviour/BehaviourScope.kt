package dev.midge.nats.behaviour

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOptions
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.seconds

/** What a test of the behaviour suite has at hand: connections to the suite's server, closed when the test ends. */
class BehaviourScope(val server: TestServer) {
    private val connections = ArrayList<NatsConnection>()

    fun connection(configure: NatsOptions.Builder.() -> Unit = {}): NatsConnection = NatsConnection(server.url) {
        server.reaching(this)
        // The first handshakes of a JVM load their classes, on a machine that may be busy.
        timeouts { connect = 10.seconds }
        configure()
    }.also(connections::add)

    /** The server's URL with credentials in it. */
    fun urlWith(userInfo: String): String = server.url.replace("://", "://$userInfo@")

    /** A client that writes and reads lines as they are. */
    inline fun <T> byLines(talk: LineClient.() -> T): T = LineClient(server.url).use(talk)

    suspend fun closeAll() {
        connections.forEach { it.close() }
    }
}

/** A test against a server of its own kind, shared with the other tests of the spec unless it has [settings] of its own. */
fun FunSpecRootScope.behaviour(
    name: String,
    servers: Servers,
    settings: ServerSettings = ServerSettings(),
    test: suspend BehaviourScope.() -> Unit,
) {
    test("[${servers.kind}] $name") {
        val scope = BehaviourScope(servers.running(settings))
        // Off the test framework's thread, as a program would be.
        withContext(Dispatchers.Default) {
            try {
                scope.test()
            } finally {
                scope.closeAll()
            }
        }
    }
}

/** Starts one server for each settings that a suite asks for. */
class Servers(val kind: ServerKind) : AutoCloseable {
    private val running = HashMap<ServerSettings, TestServer>()

    fun running(settings: ServerSettings): TestServer = running.getOrPut(settings) { kind.start(settings) }

    override fun close() {
        running.values.forEach(TestServer::close)
        running.clear()
    }
}
