@file:JvmName("Shards")

package dev.midge.nats.samples

import dev.midge.nats.ConnectionState
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsShards
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.ShardGroup
import dev.midge.nats.ShardsFailedException
import dev.midge.nats.testing.EmbeddedNatsServer
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds

/**
 * Servers that know nothing of each other, each with its share of the subjects. Run it with
 * `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.Shards`.
 */
fun main() {
    val servers = List(3) { EmbeddedNatsServer.start() }
    println("Three servers, used as one: ${servers.map { it.url }}")
    try {
        runBlocking { shards(servers) }
    } finally {
        servers.forEach { it.close() }
    }
}

private suspend fun shards(servers: List<EmbeddedNatsServer>) {
    val lesson = Lesson("Shards.kt")

    lesson.step("Name the groups")
    // Subjects are mapped to names, so that a server may move to another host without moving its subjects.
    val groups = listOf("east", "west", "north").zip(servers) { name, server ->
        ShardGroup(server.url, name) { reconnect { wait = 100.milliseconds } }
    }
    val nats = NatsShards(groups)
    nats.connect()
    val cities = listOf("oslo", "rome", "seoul", "lima", "dakar", "tokyo").map { "people.$it" }
    lesson.effect("${cities.groupBy { nats.mapping.groupOf(it) }}")

    lesson.step("One subject, one shard")
    // Publishing, requests and subscriptions go to the server that the subject belongs to.
    nats.respond("greet.rome") { "ciao ${it.text()}".encodeToByteArray() }
    val reply = nats.request("greet.rome", "Ada".encodeToByteArray())
    lesson.effect("'${reply.text()}', from ${nats.shard("greet.rome").name}")

    lesson.step("Wildcards")
    // One subscription over all shards. Nobody can publish to a wildcard.
    val people = nats.subscribe("people.*")
    for (city in cities) nats.publish(city)
    val received = people.take(cities.size).toList().map { it.subject }.sorted()
    val refused = failureOf<InvalidSubjectException> { nats.publish("people.*") }
    lesson.effect("received $received; ${refused.message}")

    oneGoesAway(nats, servers, lesson)

    lesson.step("Drain")
    nats.drain()
    lesson.effect(nats.shards.joinToString { "${it.name} is ${it.pool.state.value}" })
}

private suspend fun oneGoesAway(nats: NatsShards, servers: List<EmbeddedNatsServer>, lesson: Lesson) {
    lesson.step("A shard goes away")
    // Its own subjects wait for it; all others go on as before. flush() says who did not answer.
    servers[1].shutdown()
    nats.shards[1].pool.state.first { it == ConnectionState.Reconnecting }
    nats.publish("people.waiting", "I belong to ${nats.shard("people.waiting").name}".encodeToByteArray())
    val failed = failureOf<ShardsFailedException> { nats.flush(timeout = 200.milliseconds) }
    lesson.effect(
        "flush failed in ${failed.failures.keys}; ${nats.shards.count {
            it.pool.state.value == ConnectionState.Connected
        }} shards work",
    )

    lesson.step("It comes back")
    val waiting = nats.subscribe("people.*")
    servers[1].restart()
    nats.flush()
    lesson.effect("received '${waiting.first().text()}'; every shard has answered flush")
}

/** What [block] throws. */
private inline fun <reified E : Exception> failureOf(block: () -> Unit): E = try {
    block()
    error("nothing was thrown")
} catch (e: Exception) {
    e as? E ?: throw e
}
