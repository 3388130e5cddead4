package dev.midge.nats.kv

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsCluster
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentHashMap
import kotlin.time.Duration.Companion.seconds

private const val ROUNDS = 20
private const val INCREMENTS = 40
private const val CHANGES = 4

class KeyValueClusterIT :
    FunSpec({
        for (version in listOf("2.10.27", "2.15.1")) {
            test("a bucket on three servers keeps its promises while its leader changes, on nats-server $version")
                .config(timeout = 120.seconds) {
                    onCluster(version) { clients ->
                        val js = clients.first()
                        until { runCatching { js.createKeyValue("b") { replicas = 3 } }.isSuccess }
                        oneWins(clients.map { it.keyValue<String>("b") })
                        changeLeaders(clients)
                    }
                }
        }
    })

private suspend fun onCluster(version: String, test: suspend CoroutineScope.(List<JetStream>) -> Unit) = withContext(Dispatchers.Default) {
    NatsCluster.start(3) {
        this.version = version
        jetStream = true
    }.use { cluster ->
        val connections = cluster.urls.map { NatsConnection(it) }
        try {
            test(
                connections.map {
                    it.jetStream {
                        publishRetries = 100
                        timeout = 30.seconds
                    }
                },
            )
        } finally {
            connections.forEach { it.close() }
        }
    }
}

private suspend fun CoroutineScope.oneWins(handles: List<KeyValue<String>>) = repeat(ROUNDS) { round ->
    val winners = handles.flatMapIndexed { number, kv ->
        List(2) {
            async {
                try {
                    kv.create("lock", "$number.$it")
                    "$number.$it"
                } catch (_: KeyExistsException) {
                    null
                }
            }
        }
    }.awaitAll().filterNotNull()
    winners.size shouldBe 1
    handles.first().get("lock", consistent = true)?.value shouldBe winners.single()
    if (round % 2 == 0) handles.last().delete("lock") else handles.last().purge("lock")
}

private suspend fun CoroutineScope.changeLeaders(clients: List<JetStream>) {
    val handles = clients.map { it.keyValue<Int>("b") }
    val seen = ConcurrentHashMap<String, Int>()
    val watch = launch {
        handles.first().watch("counters.>").collect { if (it is KeyValueEvent.Put) seen[it.key] = it.value }
    }
    val writers = handles.map { kv ->
        async { repeat(INCREMENTS) { n -> kv.compareAndSet("counters.${n % 2}") { (it ?: 0) + 1 } } }
    }
    val total = handles.size * INCREMENTS / 2
    repeat(CHANGES) { change ->
        until { (seen["counters.0"] ?: 0) >= total * change / CHANGES / 2 }
        // With a short patience: the answer is lost at times.
        runCatching { clients.first().nats.jetStream { timeout = 2.seconds }.stream("KV_b").stepDown() }
    }
    writers.awaitAll()
    handles.forEach { kv -> List(2) { kv.get("counters.$it", consistent = true)?.value } shouldBe listOf(total, total) }
    until { List(2) { seen["counters.$it"] } == listOf(total, total) }
    watch.cancelAndJoin()
}
