package dev.midge.nats.jetstream.publish

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.NatsCluster
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private const val COUNT = 2_000

private val options = PublishOptions {
    retries = 20
    resendAfterSilence = 500.milliseconds
    timeout = 20.seconds
}

/** Messages with ids; in the middle of them the stream's leader hands over. */
private fun CoroutineScope.messages(js: JetStream, round: String): Flow<OutgoingMessage> = flow {
    repeat(COUNT) {
        if (it == COUNT / 2) launch { js.channel.request("STREAM", "LEADER", "STEPDOWN", "S") }
        emit(OutgoingMessage(Subject("s.$round"), bytes(it), Headers.of("Nats-Msg-Id" to "$round.$it")))
    }
}

class PublishInClusterIT :
    FunSpec({
        for (version in serverVersions) {
            val name = "a leader that changes loses nothing, and does not change the order, on nats-server $version"
            test(name).config(timeout = 120.seconds) {
                withContext(Dispatchers.Default) {
                    NatsCluster.start(3) {
                        this.version = version
                        jetStream = true
                    }.use { cluster ->
                        val nats = NatsConnection(cluster.urls.joinToString(","))
                        try {
                            changeLeader(PublishScope(cluster.nodes[0], nats))
                        } finally {
                            nats.close()
                        }
                    }
                }
            }
        }
    })

private suspend fun changeLeader(cluster: PublishScope) = withContext(Dispatchers.Default) {
    val js = cluster.js
    until { runCatching { cluster.createStream("S", "s.>", ""","num_replicas":3""") }.isSuccess }
    val some = ArrayList<PublishAck>()
    js.publishAll(messages(js, "any"), 100, keepOrder = false, options = options).collect { some += it }
    some.map { it.sequence }.sorted() shouldContainExactly (1L..COUNT).toList()
    cluster.count("S") shouldBe COUNT

    val acks = ArrayList<PublishAck>()
    val failure = runCatching { js.publishAll(messages(js, "order"), 100, options = options).collect { acks += it } }.exceptionOrNull()
    if (failure == null) acks.size shouldBe COUNT else failure.shouldBeInstanceOf<PublishAllException>().index shouldBe acks.size.toLong()
    // Also if one that came behind was stored before it could be sent again, and the collection has ended: nothing is out of order.
    val begin = COUNT + 1L
    acks.map { it.sequence } shouldContainExactly (begin until begin + acks.size).toList()
    for (number in acks.indices step 97) cluster.stored("S", begin + number) shouldBe "$number"
}
