@file:JvmName("Pool")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.PoolSelection
import dev.midge.nats.ReconnectOptions
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds

/**
 * Several connections used as one: which message goes by which, and what order is kept. Run it with
 * `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.Pool`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("A pool of connections, with ${server.description} at ${server.url}")
        runBlocking { pool(server.url) }
    }
}

private suspend fun pool(url: String) {
    val lesson = Lesson("Pool.kt")

    lesson.step("Make a pool")
    // It has every operation of a connection. Without a size it has one connection for every two cores.
    val nats = NatsConnectionPool(url, size = 4) {
        reconnect { wait = 100.milliseconds }
    }
    nats.connect()
    lesson.effect("${nats.connections.size} connections, the pool is ${nats.state.value}")

    lesson.step("Subscribe, then publish")
    // They may go by two connections: subscribe() returns when the server has confirmed it, so that nothing is missed.
    val tea = nats.subscribe("orders.tea")
    nats.publish("orders.tea", "two cups".encodeToByteArray())
    lesson.effect("received '${tea.first().text()}'")

    lesson.step("Order")
    // All messages to one subject go by the same connection: each subject keeps its order. Different subjects run side by side.
    val ticks = nats.subscribe("ticks.*")
    for (number in 1..3) for (city in listOf("oslo", "rome", "cairo")) nats.publish("ticks.$city", "$number".encodeToByteArray())
    val bySubject = ticks.take(9).toList().groupBy({ it.subject }, { it.text() }).toSortedMap()
    lesson.effect("$bySubject")

    work(url, lesson)

    lesson.step("Drain")
    // One life for all: no connection closes before all handlers are done, which may publish to the end.
    nats.drain()
    lesson.effect("${nats.stats().connects} connections were made, the pool is ${nats.state.value}")
}

private suspend fun work(url: String, lesson: Lesson) = coroutineScope {
    lesson.step("No order needed")
    // Requests are independent of each other: each may take the next connection in turn.
    val nats = NatsConnectionPool(url, size = 4, selection = PoolSelection.RoundRobin)
    repeat(4) { nats.respond("double", queueGroup = "workers") { "${it.text().toInt() * 2}".encodeToByteArray() } }
    val answers = (1..100).map { number -> async { nats.request("double", "$number".encodeToByteArray()).text().toInt() } }.awaitAll()
    val sent = nats.connections.map { it.stats().sentMessages }
    lesson.effect("the sum of the answers is ${answers.sum()}; requests and replies sent by each connection: $sent")
    nats.close()
}
