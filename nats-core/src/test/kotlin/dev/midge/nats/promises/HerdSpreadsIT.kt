package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.milliseconds

private const val CLIENTS = 32

private suspend fun connectAll(clients: List<NatsConnection>) = coroutineScope { clients.forEach { launch { it.connect() } } }

class HerdSpreadsIT :
    FunSpec({
        promise("clients spread over the servers of the list") {
            val servers = List(2) { server() }
            // Three herds: by mere chance, one of 32 clients in 500 is more uneven than a quarter to three quarters.
            val clients = List(CLIENTS * 3) { connection(servers.joinToString(",") { it.url }) }
            connectAll(clients)
            val share = servers.map { server -> clients.count { it.serverInfo.value?.port == server.port } }
            share.forEach { it shouldBeInRange (8 * 3)..(24 * 3) }
            servers.map { it.clients() } shouldBe share
            figure("HerdSpreads: $share of ${clients.size}")
        }

        promise("without randomizeServers the order is kept") {
            val servers = List(2) { server() }
            val clients = List(CLIENTS) { connection(servers.joinToString(",") { it.url }) { randomizeServers = false } }
            connectAll(clients)
            servers.map { it.clients() } shouldBe listOf(CLIENTS, 0)
        }

        promise("a herd that lost its server does not come back at one moment") {
            val server = server()
            val clients = List(CLIENTS) {
                connection(server.url) {
                    reconnect {
                        wait = 300.milliseconds
                        jitter = 200.milliseconds
                    }
                }
            }
            connectAll(clients)
            val logs = clients.map(::eventsOf)
            server.kill()
            val delays = logs.map { it.next<NatsEvent.Reconnecting>().delay }
            delays.all { it <= 500.milliseconds } shouldBe true
            // 32 moments spread evenly over 200 ms; that they lie within a quarter of it has a chance of 1 in 10^17.
            (delays.max() - delays.min()) shouldBeGreaterThan 50.milliseconds
            delays.groupingBy { it.inWholeMilliseconds / 20 }.eachCount().values.max() shouldBeInRange 1..CLIENTS / 2
            server.restart()
            logs.forEach { it.next<NatsEvent.Reconnected>() }
        }

        promise("the servers of a cluster are discovered in no order that clients share") {
            val cluster = cluster(3)
            // Each knows the first server alone; when it goes, they go to the two others.
            val clients = List(CLIENTS * 3) { connection(cluster.nodes[0].url) }
            connectAll(clients)
            until { clients.all { it.serverInfo.value?.connectUrls.orEmpty().size == 3 } }
            val logs = clients.map(::eventsOf)
            cluster.nodes[0].kill()
            logs.forEach { it.next<NatsEvent.Reconnected>() }
            val share = cluster.nodes.drop(1).map { node -> clients.count { it.serverInfo.value?.port == node.port } }
            share.sum() shouldBe clients.size
            share.forEach { it shouldBeInRange (8 * 3)..(24 * 3) }
        }
    })
