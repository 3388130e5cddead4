package dev.midge.nats.compat

import dev.midge.nats.NatsConnection
import dev.midge.nats.compat.fixtures.NodePeer
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.use
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** What a test has: the npm clients, and this one with the same server. */
internal class NodeScope(val version: String, val peer: NodePeer, val nats: NatsConnection) {
    val js: JetStream = nats.jetStream()
}

private fun FunSpecRootScope.nodeTest(name: String, version: String, server: Lazy<NatsServerProcess>, test: suspend NodeScope.() -> Unit) {
    test("$name, nats-server $version") {
        withContext(Dispatchers.IO) {
            val peer = NodePeer.start(server.value.url)
            if (peer == null) {
                println("Not compared with the npm clients, which are not here: '$name'. See .ci/install-node-peers.")
            } else {
                peer.use { NatsConnection(server.value.url).use { nats -> NodeScope(version, peer, nats).test() } }
            }
        }
    }
}

class NodeInteropIT :
    FunSpec({
        // The releases of servers are the other tests' matter: here are two clients.
        val version = "2.15.1"
        val server = autoClose(
            lazy {
                NatsServerProcess.start {
                    this.version = version
                    jetStream = true
                }
            },
        )
        nodeTest("a bucket of ours is read, changed and watched by npm's client", version, server) { ourBucket() }
        nodeTest("a bucket of npm's client is read, changed, watched and updated", version, server) { theirBucket() }
        nodeTest("a value that expires is told to the other one", version, server) { expiry() }
        nodeTest("objects of both are read by both, with links and metadata", version, server) { objects() }
        nodeTest("services of both are found and called by both", version, server) { services() }
    })
