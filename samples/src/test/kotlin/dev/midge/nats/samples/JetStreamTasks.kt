package dev.midge.nats.samples

import dev.midge.nats.Nats
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ConsumeOptions
import dev.midge.nats.jetstream.Consuming
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.NatsConsumer
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PoisonMessageException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.WrongLastException
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.jetstream.publish
import dev.midge.nats.jetstream.value
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import java.nio.file.Path
import kotlin.io.path.inputStream
import kotlin.io.path.outputStream
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds

// The Kotlin half of docs/jetstream.md, line for line; java/JetStreamTasks.java is the other. JetStreamGuideSpec compares and runs them.

internal class JetStreamTasks(private val nats: Nats, private val payload: ByteArray) {
    private val js: JetStream = nats.jetStream()
    val billed: MutableList<String> = mutableListOf()

    private fun bill(message: JetStreamMessage) {
        if (message.text() == "broken") throw PoisonMessageException("it is broken")
        synchronized(billed) { billed += message.text() }
    }

    suspend fun create(): NatsStream {
        // snippet: create
        val js = nats.jetStream() // asks the server nothing
        val orders = js.createStream("ORDERS") {
            subjects("orders.>")
            maxAge = 7.days
        }
        // end
        return orders
    }

    suspend fun publish(): PublishAck {
        // snippet: publish
        val ack = js.publish("orders.new", payload) { messageId = "42" }
        check(ack.stream == "ORDERS" && !ack.isDuplicate)
        // end
        return ack
    }

    suspend fun expect(last: Long): Boolean {
        // snippet: expect
        val isFirst = try {
            js.publish("orders.17.state", payload) { expectLastSubjectSequence = last }
            true
        } catch (e: WrongLastException) {
            false // somebody else has written it meanwhile; e.actual is the sequence, where the server says so
        }
        // end
        return isFirst
    }

    suspend fun publishMany(bodies: List<ByteArray>): Long {
        var last = 0L
        // snippet: many
        val orders = bodies.asFlow().map { OutgoingMessage(Subject("orders.new"), it) }
        js.publishAll(orders, window = 512).collect { ack -> last = ack.sequence } // acknowledgements in the order of the messages
        // end
        return last
    }

    suspend fun batch(): PublishAck {
        // snippet: batch
        val ack = js.publishAtomically {
            publish("orders.17.state", payload)
            publish("orders.17.audit", payload)
        }
        // end
        return ack
    }

    suspend fun fetch(orders: NatsStream): List<String> {
        val texts = ArrayList<String>()
        // snippet: fetch
        val billing = orders.createConsumer("billing") {
            ackWait = 30.seconds
            filterSubjects("orders.new")
        }
        val one = billing.next(within = 5.seconds) // null if none comes in time
        one?.ack()
        billing.fetch(100, within = 1.seconds).collect {
            texts += it.text()
            it.ack()
        }
        // end
        return texts
    }

    fun CoroutineScope.messages(billing: NatsConsumer) = launch {
        // snippet: messages
        billing.messages().collect { message ->
            bill(message)
            message.ack()
        }
        // end
    }

    suspend fun consume(billing: NatsConsumer, enough: suspend () -> Unit) {
        // snippet: consume
        val running = billing.consume(parallelism = 8, keyOf = { it.subject }) { order -> bill(order) }
        // end
        enough()
        // snippet: drain
        running.drain() // what is here is handled; running.stop() gives back what waits
        // end
    }

    suspend fun ordered(orders: NatsStream, count: Int): List<String> {
        val texts = ArrayList<String>()
        val all: Flow<JetStreamMessage>
        // snippet: ordered
        all = orders.ordered { startAt(sequence = 1) } // cold, without an end
        // end
        all.take(count).collect { texts += it.text() }
        return texts
    }

    suspend fun read(orders: NatsStream): Int {
        var count = 0
        // snippet: read
        val first = orders.message(1)
        val state = orders.lastMessage("orders.17.state", consistent = true) // asks the leader
        orders.messages(from = 1, subject = "orders.new").collect { count++ } // ends with what is there
        // end
        checkNotNull(first)
        checkNotNull(state)
        return count
    }

    suspend fun manage(orders: NatsStream, file: Path): Long {
        // snippet: manage
        orders.update { maxMessages = 1_000_000 } // changes nothing else
        orders.purge {
            subject("orders.17.audit")
            keep(1)
        }
        file.outputStream().use { out -> orders.backup().collect { out.write(it) } }
        // end
        return orders.info().state.messages
    }

    suspend fun restore(file: Path): NatsStream {
        // snippet: restore
        val bytes = file.inputStream().use { it.readBytes() }
        val restored = js.restoreStream(listOf(bytes).asFlow())
        // end
        return restored
    }

    suspend fun values(billing: NatsConsumer): Consuming {
        // snippet: values
        @Serializable
        data class Order(val id: Int, val item: String)

        js.publish("orders.typed", Order(17, "coffee")) // JSON unless the client's codecs say otherwise
        val options = ConsumeOptions {
            maxDeliveries = 5
            deadLetters = Subject("dead.orders") // of a stream that keeps what is given up
        }
        val running = billing.consume(options = options) { println(it.value<Order>().item) }
        // end
        return running
    }

    suspend fun failures(): String {
        // snippet: failures
        val outcome = try {
            js.publish("nobody.listens", payload)
            "stored"
        } catch (e: NoStreamException) {
            "no stream takes ${e.subject}"
        }
        // end
        return outcome
    }

    fun CoroutineScope.events() = launch {
        // snippet: events
        js.events.collect { println(it) } // heartbeats missed, pulls ended, messages given up
        // end
    }
}
