package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.ServerCandidate
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.fixtures.RefusedPort
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.first
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

/** Sees the pool whenever a server is to be chosen, and always chooses the proxy. */
private class PoolView(private val proxy: FaultProxy, useDiscovered: Boolean = true) {
    private val offered = ConcurrentLinkedQueue<List<ServerCandidate>>()

    val options = ReconnectOptions {
        wait = 5.milliseconds
        jitter = 0.milliseconds
        useDiscoveredServers = useDiscovered
        selectServer = { servers ->
            offered += servers
            servers.single { it.url == proxy.url }
        }
    }

    /** The pool as it is now: seen by losing the connection. */
    suspend fun look(events: EventLog): List<ServerCandidate> {
        offered.clear()
        proxy.closeConnections()
        events.next<NatsEvent.Reconnected>()
        return offered.first()
    }
}

private fun List<ServerCandidate>.explicit() = filter { !it.isDiscovered }.map { it.url }

private fun List<ServerCandidate>.discovered() = filter { it.isDiscovered }.map { it.url }

class GossipKeepsExplicitServersIT :
    FunSpec({
        for (version in serverVersions) {
            promise("the pool follows the cluster within 2 s and keeps what the user gave, on nats-server $version") {
                val cluster = cluster(3, version)
                val proxy = proxy(cluster.nodes[0].port)
                val dead = closing(RefusedPort()).url
                val view = PoolView(proxy)
                val nats = connection("${proxy.url},$dead") {
                    randomizeServers = false
                    reconnect = view.options
                }
                val events = eventsOf(nats)
                nats.connect()
                events.next<NatsEvent.DiscoveredServers>().urls shouldContainExactlyInAnyOrder cluster.urls

                view.look(events).let { pool ->
                    pool.discovered() shouldContainExactlyInAnyOrder cluster.urls
                    pool.explicit() shouldContainExactlyInAnyOrder listOf(proxy.url, dead)
                }
                val gone = measureTime {
                    cluster.nodes[2].kill()
                    nats.serverInfo.first { it?.connectUrls?.size == 2 }
                }
                gone shouldBeLessThanOrEqualTo 2.seconds
                view.look(events).let { pool ->
                    pool.discovered() shouldContainExactlyInAnyOrder cluster.urls.take(2)
                    pool.explicit() shouldContainExactlyInAnyOrder listOf(proxy.url, dead)
                }
                cluster.nodes[2].restart()
                cluster.awaitFormed()
                val back = measureTime { nats.serverInfo.first { it?.connectUrls?.size == 3 } }
                back shouldBeLessThanOrEqualTo 2.seconds
                view.look(events).let { pool ->
                    pool.discovered() shouldContainExactlyInAnyOrder cluster.urls
                    pool.explicit() shouldContainExactlyInAnyOrder listOf(proxy.url, dead)
                }
                figure("GossipKeepsExplicitServers $version: a node gone after $gone, back after $back")
            }
        }

        promise("discovered servers are left out if the options say so") {
            val cluster = cluster(2)
            val proxy = proxy(cluster.nodes[0].port)
            val view = PoolView(proxy, useDiscovered = false)
            val nats = connection(proxy.url) { reconnect = view.options }
            val events = eventsOf(nats)
            nats.connect()
            view.look(events).map { it.url } shouldBe listOf(proxy.url)
            events.all.filterIsInstance<NatsEvent.DiscoveredServers>().shouldBeEmpty()
        }

        promise("an explicit server that gossip names too is one server, and stays when gossip forgets it") {
            val cluster = cluster(2)
            val proxy = proxy(cluster.nodes[0].port)
            val view = PoolView(proxy)
            val nats = connection("${proxy.url},${cluster.urls[1]}") {
                randomizeServers = false
                reconnect = view.options
            }
            val events = eventsOf(nats)
            nats.connect()
            view.look(events).let { pool ->
                pool.discovered() shouldBe listOf(cluster.urls[0])
                pool.explicit() shouldContainExactlyInAnyOrder listOf(proxy.url, cluster.urls[1])
            }
            cluster.nodes[1].kill()
            // Alone, a server names itself; whatever it names, the user's stay.
            nats.serverInfo.first { it?.connectUrls.orEmpty().size < 2 }
            view.look(events).explicit() shouldContainExactlyInAnyOrder listOf(proxy.url, cluster.urls[1])
        }

        promise("with the cluster's help alone the client survives the loss of every server that it was told of") {
            val cluster = cluster(3)
            val nats = connection(cluster.nodes[0].url) {
                reconnect {
                    wait = 20.milliseconds
                    jitter = 0.milliseconds
                }
            }
            val events = eventsOf(nats)
            nats.connect()
            events.next<NatsEvent.DiscoveredServers>()
            cluster.nodes[0].kill()
            events.next<NatsEvent.Reconnected>()
            nats.flush()
            val second = cluster.nodes.single { it.port == nats.serverInfo.value?.port }
            second.kill()
            events.next<NatsEvent.Reconnected>()
            nats.flush()
        }
    })
