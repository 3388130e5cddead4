package dev.midge.nats.jetstream.consumers

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.AlreadyAcknowledgedException
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.NotAcknowledgedException
import dev.midge.nats.jetstream.ackAll
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentLinkedQueue

private suspend fun ConsumerScope.fetched(count: Int): List<JetStreamMessage> {
    publish(1..count)
    return consumer().fetch(count).toList().also { it shouldHaveSize count }
}

/** All that anybody publishes to [subject], in the order in which the server got it from each. */
private suspend fun ConsumerScope.listenTo(subject: String, test: suspend (ConcurrentLinkedQueue<String>) -> Unit) {
    val other = NatsConnection(server.url)
    val seen = ConcurrentLinkedQueue<String>()
    try {
        other.subscribe(subject) { seen += it.subject }
        other.flush()
        test(seen)
    } finally {
        other.close()
    }
}

class AckAllIT :
    FunSpec({
        for (version in serverVersions) {
            onServer(version, "a list is acknowledged at once, and each message once") {
                val messages = fetched(50)
                messages[3].ack()
                messages[5].terminate()
                listenTo("\$JS.ACK.>") { acks ->
                    // One that is there twice is acknowledged once; those that are settled are left out.
                    (messages + messages.take(10)).ackAll()
                    until { stream.consumer("billing").info().ackFloor.streamSequence == 50L }
                    until { acks.size >= 48 }
                    acks shouldHaveSize 48
                }
                messages.all { it.isAcknowledged } shouldBe true
                messages.forEach { shouldThrow<AlreadyAcknowledgedException> { it.ack() } }
                stream.consumer("billing").info().ackPending shouldBe 0
                emptyList<JetStreamMessage>().ackAll()
            }
        }

        onServer("2.15.1", "what eight coroutines acknowledge together is acknowledged once") {
            val messages = fetched(200)
            listenTo("\$JS.ACK.>") { acks ->
                List(8) { async { messages.shuffled().ackAll() } }.awaitAll()
                until { stream.consumer("billing").info().ackFloor.streamSequence == 200L }
                until { acks.size >= 200 }
                acks shouldHaveSize 200
            }
        }

        onServer("2.15.1", "nothing comes between the acknowledgements of a list") {
            val messages = fetched(500)
            listenTo(">") { seen ->
                val noise = launch { while (isActive) nats.publish("noise", ByteArray(0)) }
                until { "noise" in seen }
                messages.ackAll()
                until { seen.count { it.startsWith("\$JS.ACK.") } == 500 }
                noise.cancelAndJoin()
                val all = seen.toList()
                val acks = all.indexOfFirst { it.startsWith("\$JS.ACK.") }..all.indexOfLast { it.startsWith("\$JS.ACK.") }
                all.slice(acks).filter { it == "noise" }.shouldBeEmpty()
            }
        }

        onServer("2.15.1", "what could not be sent may be said again") {
            val messages = fetched(5)
            nats.close()
            shouldThrow<ConnectionClosedException> { messages.ackAll() }
            messages.none { it.isAcknowledged } shouldBe true
        }

        onServer("2.15.1", "a list with a message that takes none is refused as a whole") {
            val messages = fetched(3)
            val ordered = stream.ordered().take(1).toList()
            shouldThrow<NotAcknowledgedException> { (messages + ordered).ackAll() }
            messages.none { it.isAcknowledged } shouldBe true
            messages.ackAll()
            until { stream.consumer("billing").info().ackPending == 0L }
        }
    })
