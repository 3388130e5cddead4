package dev.midge.nats.objectstore

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.chaos.ChaosCluster
import dev.midge.nats.jetstream.chaos.Fault
import dev.midge.nats.jetstream.chaos.chaos
import dev.midge.nats.jetstream.chaos.figure
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.objectstore.internal.patiently
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import java.security.MessageDigest
import kotlin.time.Duration.Companion.minutes

private const val BUCKET = "B"
private const val PIECE = 128 * 1024
private val pieces = if (chaos) 512 else 96
private val versions = if (chaos) serverVersions else listOf("2.15.1")

/** The leader of a store's stream is killed in the middle of a put and of a get: whole or a typed exception, and no chunk too many. */
class ObjectStoreChaosIT :
    FunSpec({
        for (version in versions) {
            test("a leader that is killed leaves objects whole or says that they are not, on nats-server $version")
                .config(timeout = 10.minutes) { withContext(Dispatchers.Default) { run(version) } }
        }
    })

private suspend fun run(version: String) {
    val cluster = ChaosCluster.start(version, "OBJ_$BUCKET", emptyList())
    cluster.cluster.use {
        val setUp = NatsConnection(cluster.cluster.urls.joinToString(","))
        try {
            val js = setUp.jetStream()
            until { runCatching { js.createObjectStore(BUCKET) { replicas = 3 } }.isSuccess }
            cluster.awaitLeaders()
            for (isAtLeader in if (chaos) listOf(true, false) else listOf(true)) {
                strike(cluster, isAtLeader) { put(it, js, isAtLeader) }
                strike(cluster, isAtLeader) { get(it, js, isAtLeader) }
            }
        } finally {
            setUp.close()
        }
    }
}

/** What [test] does with a client that is connected to the leader, or to another server, and what it is to kill. */
private class Victim(val js: JetStream, private val cluster: ChaosCluster, private val node: NatsServerProcess) {
    fun kill() = cluster.strike(Fault.KILL, node)
}

private suspend fun strike(cluster: ChaosCluster, isAtLeader: Boolean, test: suspend (Victim) -> Unit) {
    cluster.awaitLeaders()
    val leader = checkNotNull(cluster.streamLeader()) { "no leader" }
    val urls = if (isAtLeader) listOf(leader.url) else cluster.cluster.urls - leader.url
    val nats = NatsConnection(urls.joinToString(","))
    try {
        nats.connect()
        test(Victim(nats.jetStream(), cluster, leader))
    } finally {
        nats.close()
        if (!leader.isAlive) cluster.heal(leader)
    }
}

private suspend fun put(victim: Victim, js: JetStream, isAtLeader: Boolean) {
    val store = victim.js.objectStore(BUCKET)
    until { runCatching { store.put("a", ByteArray(PIECE)) }.isSuccess }
    val source = (0 until pieces).asFlow().onEach { if (it == pieces / 2) victim.kill() }.map { ByteArray(PIECE) { _ -> it.toByte() } }
    val failure = runCatching { store.put("a", source) }.exceptionOrNull()
    if (failure != null && failure !is NatsException) throw failure
    figure("a put whose leader was killed, ${where(isAtLeader)}: ${failure ?: "whole"}")
    // One server is still away: some requests are answered by nobody.
    val here = js.objectStore(BUCKET)
    val info = checkNotNull(patiently { here.info("a") })
    info.chunks shouldBe if (failure == null) pieces else 1
    js.chunksOf(BUCKET) shouldBe patiently { here.list().toList() }.sumOf { it.chunks }
    patiently { here.get("a").chunks().toList() }.size shouldBe info.chunks
}

private suspend fun get(victim: Victim, js: JetStream, isAtLeader: Boolean) {
    val bytes = someBytes(pieces * PIECE)
    until { runCatching { js.objectStore(BUCKET).put("b", bytes) }.isSuccess }
    val reader = victim.js.objectStore(BUCKET).get("b")
    val sha = MessageDigest.getInstance("SHA-256")
    var count = 0
    val failure = runCatching {
        reader.chunks().collect {
            if (++count == pieces / 4) victim.kill()
            sha.update(it)
        }
    }.exceptionOrNull()
    if (failure != null && failure !is NatsException) throw failure
    figure("a get whose leader was killed, ${where(isAtLeader)}: ${failure ?: "whole"}")
    if (failure == null) sha.digest().contentEquals(MessageDigest.getInstance("SHA-256").digest(bytes)) shouldBe true
}

private fun where(isAtLeader: Boolean) = if (isAtLeader) "of a client at the leader" else "of a client elsewhere"
