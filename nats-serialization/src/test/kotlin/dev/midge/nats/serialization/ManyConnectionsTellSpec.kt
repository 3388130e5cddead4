package dev.midge.nats.serialization

import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsShards
import dev.midge.nats.ShardGroup
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext

/** What is told among [events] when a message that is no value comes to [subject] of [nats]. */
private suspend fun told(nats: NatsOperations, events: Flow<NatsEvent>, subject: String): NatsEvent.MessageNotDecoded = coroutineScope {
    val told = async(start = CoroutineStart.UNDISPATCHED) { events.filterIsInstance<NatsEvent.MessageNotDecoded>().first() }
    val subscription = nats.subscribe<Person>(subject) {}
    nats.flush()
    nats.publish(subject, "no person".encodeToByteArray())
    // Or it would tell of the next message to this subject too.
    told.await().also { subscription.unsubscribe() }
}

class ManyConnectionsTellSpec :
    FunSpec({
        val servers = List(3) { autoClose(EmbeddedNatsServer.start()) }

        test("a pool tells what does not decode, also through a registry of one's own") {
            withContext(Dispatchers.Default) {
                val pool = NatsConnectionPool(servers[0].url, 2)
                try {
                    val nats = pool.withCodecs(CodecRegistry { format = CborFormat() })
                    val event = told(nats, pool.events, "people")
                    event.subject shouldBe "people"
                    event.type shouldBe "dev.midge.nats.serialization.Person"
                } finally {
                    pool.close()
                }
            }
        }

        test("shards tell what does not decode, and so does the shard that the subject belongs to") {
            withContext(Dispatchers.Default) {
                val shards = NatsShards(servers.map { ShardGroup(it.url) })
                try {
                    for (subject in List(8) { "people.$it" }) {
                        told(shards, shards.shard(subject).pool.events, subject).subject shouldBe subject
                        told(shards, shards.events, subject).subject shouldBe subject
                    }
                } finally {
                    shards.close()
                }
            }
        }
    })
