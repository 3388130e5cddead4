package dev.midge.nats.seam

import dev.midge.nats.Nats
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsShards
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import dev.midge.nats.promises.PromiseScope
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.serverVersions
import dev.midge.nats.promises.until
import dev.midge.nats.seam.module.AckedPublisher
import dev.midge.nats.seam.module.Puller
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainInOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds

private val stored = Subject("stored.a")
private val pulls = Subject("\$JS.API.CONSUMER.MSG.NEXT.STORED.READER")
private val soon = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

private fun PromiseScope.streamServer(version: String): NatsServerProcess = server(version) { jetStream = true }

private suspend fun NatsOperations.ask(subject: String, body: String): String =
    request("\$JS.API.$subject", body.encodeToByteArray()).text()

private suspend fun NatsOperations.createStream() {
    ask("STREAM.CREATE.STORED", """{"name":"STORED","subjects":["stored.>"],"storage":"file"}""") shouldContain "did_create"
    ask(
        "CONSUMER.DURABLE.CREATE.STORED.READER",
        """{"stream_name":"STORED","config":{"durable_name":"READER","ack_policy":"explicit","max_ack_pending":-1}}""",
    ) shouldContain "READER"
}

private suspend fun NatsOperations.unacknowledged(): String =
    Regex("\"num_ack_pending\":\\s*(\\d+)").find(ask("CONSUMER.INFO.STORED.READER", ""))!!.groupValues[1]

private fun PromiseScope.clientsOf(url: String): Map<String, Nats> = mapOf(
    "a connection" to connection(url) { reconnect = soon },
    "a pool" to NatsConnectionPool(url, size = 3),
    "shards" to NatsShards(listOf(url), poolSize = 2),
).onEach { (_, nats) -> closing(AutoCloseable { runBlocking { nats.close() } }) }

private suspend fun AckedPublisher.publishNumbers(numbers: IntRange): List<String> =
    numbers.map { publish(stored, "$it".encodeToByteArray()) }.awaitAll()

/** A module that stands on the seam alone, with the server that it is for. */
class ModuleOnTheSeamIT :
    FunSpec({
        for (version in serverVersions) {
            for (kind in listOf("a connection", "a pool", "shards")) {
                promise("messages are acknowledged within a window, and pulled in their order, by $kind on nats-server $version") {
                    val nats = clientsOf(streamServer(version).url).getValue(kind)
                    nats.createStream()
                    val acks = AckedPublisher(nats, window = 100).publishNumbers(1..2_000)
                    acks.map { Regex("\"seq\":\\s*(\\d+)").find(it)!!.groupValues[1].toInt() } shouldContainExactly (1..2_000).toList()
                    val puller = Puller(nats.seam(pulls), pulls, batch = 150).apply { start() }
                    for (number in 1..2_000) {
                        val message = checkNotNull(puller.next())
                        message.text() shouldBe "$number"
                        puller.ack(message)
                    }
                    until { nats.unacknowledged() == "0" }
                    // The pull that finds no more ends with a status, and the next one goes on.
                    until { 408 in puller.history }
                    AckedPublisher(nats, window = 1).publishNumbers(1..1)
                    puller.next()?.text() shouldBe "1"
                    puller.stop()
                    nats.stats().pendingRequests shouldBe 0
                }
            }

            promise("a publish that no stream takes is told a status, not an exception, on nats-server $version") {
                val nats = connection(streamServer(version).url)
                val acks = AckedPublisher(nats, window = 1)
                runCatching { acks.publish(Subject("nobody"), ByteArray(0)).await() }.exceptionOrNull()?.message shouldBe "status 503"
            }

            promise("a new link is told between the messages of both, and pulled from again, on nats-server $version") {
                val server = streamServer(version)
                val nats = connection(server.url) { reconnect = soon }
                nats.createStream()
                val publisher = AckedPublisher(nats, window = 100)
                publisher.publishNumbers(1..10)
                val puller = Puller(nats.seam(pulls), pulls, batch = 20).apply { start() }
                repeat(10) { puller.ack(checkNotNull(puller.next())) }
                nats.flush()
                server.kill()
                until { "lost" in puller.history }
                server.restart()
                until { "link 2" in puller.history }
                publisher.publishNumbers(11..20)
                val texts = List(10) { checkNotNull(puller.next()).also(puller::ack).text() }
                // Acks that the old server has not read are lost with it: it delivers again.
                texts shouldContain "11"
                puller.history shouldContainInOrder listOf("10", "lost", "link 2", "11")
                puller.stop()
            }
        }
    })
