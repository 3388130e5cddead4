package dev.midge.nats.samples

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsShards
import dev.midge.nats.NoRespondersException
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Overflow
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.ShardGroup
import dev.midge.nats.Subject
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.createKeyValue
import dev.midge.nats.objectstore.createObjectStore
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JacksonFormat
import dev.midge.nats.serialization.Undecodable
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.request
import dev.midge.nats.serialization.respond
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.withCodecs
import dev.midge.nats.services.Service
import dev.midge.nats.services.service
import dev.midge.nats.services.services
import dev.midge.nats.testing.EmbeddedNatsServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What a snippet sends. */
private data class Trade(val symbol: String, val price: Double)

// Each function holds one snippet of the README, line for line: ReadmeSpec compares them, the compiler checks them.

/** The first program; [url] stands where the README has the address of a server on this machine. */
internal class FirstProgram(private val url: String) {
    // snippet: first
    suspend fun main(): Unit = coroutineScope {
        val nats = NatsConnection(url) // connects with the first operation

        // subscribe is hot: the server delivers from here on. nats.messages("people.*") is cold: it subscribes when it is collected.
        val people = nats.subscribe("people.*")
        launch { people.collect { println(it.subject + ": " + it.text()) } }
        nats.publishText("people.joe", "hello")

        nats.respond("greet", queueGroup = "workers") { "hi ${it.text()}".encodeToByteArray() }
        val reply = nats.requestText("greet", "joe", timeout = 2.seconds)
        println(reply.text())

        nats.drain() // everything received is handled, everything published is confirmed
    }
    // end
}

internal suspend fun jetStreamSnippet(nats: NatsConnection, payload: ByteArray) {
    // snippet: jetstream
    val js = nats.jetStream()
    val orders = js.createStream("ORDERS") { subjects("orders.>") }
    js.publish("orders.new", payload) // returns when it is stored

    val billing = orders.createConsumer("billing")
    val running = billing.consume(parallelism = 8) { order -> println(order.text()) } // acknowledged when the handler returns
    running.drain() // before the program ends: what is here is handled
    // end
}

internal suspend fun keyValueSnippet(js: JetStream) {
    // snippet: buckets
    val limits = js.createKeyValue<Int>("limits") { history = 5 }
    limits.put("api.search", 100)
    limits.compareAndSet("api.search") { old -> (old ?: 0) + 1 } // with nobody else's write between
    limits.watch("api.*").takeWhile { it !is KeyValueEvent.CaughtUp }.collect { println(it) } // endless without takeWhile
    // end
}

internal suspend fun objectsSnippet(js: JetStream, film: Path, copy: Path) {
    // snippet: objects
    val assets = js.createObjectStore("assets")
    assets.put("films/spring.mp4", film) // a file of any size, in chunks
    assets.get("films/spring.mp4").writeTo(copy) // there when it is whole and its SHA-256 is right
    assets.list().collect { println("${it.name}: ${it.size} B") }
    // end
}

internal suspend fun servicesSnippet(nats: NatsConnection): Service {
    // snippet: services
    val service = nats.service("orders", "1.2.0") {
        group("orders.v1") { endpoint("create") { request -> "order of ${request.text()}".encodeToByteArray() } }
    }
    println(nats.requestText("orders.v1.create", "coffee").text())
    nats.services().stats("orders").collect { println(it) } // of every instance
    // end
    return service
}

internal suspend fun CoroutineScope.typedSnippet(nats: NatsConnection) {
    // snippet: typed
    @Serializable
    data class Customer(val age: Int, val name: String)

    val customers = nats.subscribe<Customer>("customers.*") // JSON unless told otherwise
    launch { customers.collect { println("${it.subject}: ${it.value.name}") } }
    nats.publish("customers.new", Customer(30, "Joe"))

    nats.respond<Int, String>("hello") { "Hello $it" }
    println(nats.request<Int, String>("hello", 42))

    val bound = nats.subject<Customer>("customers.new") // connection, subject and codec: no look-up per message
    bound.publishAll(listOf(Customer(31, "Jane"), Customer(32, "Jim")))
    // end
}

internal suspend fun codecsSnippet(nats: NatsConnection) {
    // snippet: codecs
    val packed = nats.withCodecs(
        CodecRegistry {
            format = JacksonFormat.messagePack() // data classes, records and beans
            undecodable = Undecodable.DeadLetter("dead.letters") // or Skip, or Fail; counted in any case
        },
    )
    packed.publish("trades", Trade("ACME", 12.5))
    // end
}

internal suspend fun fastSnippet(nats: NatsConnection, payload: ByteArray) {
    // snippet: fast
    val prices = Subject("prices.eur") // checked and encoded once
    repeat(1_000_000) { nats.publish(prices, payload) } // suspends only while the outbound buffer is full
    nats.flush() // the server has them all
    // end
}

internal suspend fun batchSnippet(
    nats: NatsConnection,
    subject: Subject,
    prices: Subject,
    orders: List<ByteArray>,
    ticks: Flow<ByteArray>,
    lastWords: ByteArray,
) {
    // snippet: batch
    nats.publishBatch {
        // one look at the buffer, one wake-up
        for (order in orders) publish(subject, order)
    }
    nats.publishAll(ticks.map { OutgoingMessage(prices, it) }) // a Flow: as many at a time as are ready
    nats.publishWritten(subject, lastWords) // returns when the operating system has it
    // end
}

internal suspend fun CoroutineScope.truthSnippet(nats: NatsConnection) {
    // snippet: truth
    launch { nats.events.collect { if (it is NatsEvent.SlowConsumer) println("${it.subject}: ${it.droppedMessages} dropped") } }

    val latest = nats.subscribe("positions.>", overflow = Overflow.Latest) // only the newest while the collector is busy
    launch { latest.collect { println(it.text()) } }

    try {
        nats.request("nobody.home", timeout = 500.milliseconds)
    } catch (e: NoRespondersException) {
        println(e.message) // at once, not after the timeout
    }
    // end
}

internal suspend fun CoroutineScope.outageSnippet() {
    // snippet: outage
    val nats = NatsConnection("tls://nats-1.example.com,tls://nats-2.example.com") {
        name = "orders"
        auth = NatsAuth.CredentialsFile(Path.of("orders.creds")) // read again at every attempt
        reconnect {
            wait = 1.seconds
            whileDisconnected = WhileDisconnected.Buffer(32 * 1024 * 1024)
        }
    }
    launch {
        nats.events.collect { event ->
            when (event) {
                is NatsEvent.Disconnected -> println("lost ${event.url}: ${event.cause.message}")
                is NatsEvent.Reconnected -> println("back, with ${event.url}")
                else -> Unit
            }
        }
    }
    // end
}

internal suspend fun growSnippet(url: String, payload: ByteArray) {
    // snippet: grow
    val pool = NatsConnectionPool(url, size = 4) // every operation of a connection; each subject keeps its order
    pool.publish("prices.eur", payload)

    val shards = NatsShards(
        listOf(ShardGroup("nats://10.0.0.1", name = "east"), ShardGroup("nats://10.0.1.1", name = "west")),
    )
    shards.publish("people.joe", payload) // to the group that the subject belongs to
    shards.messages("people.*").collect { println(it.subject) } // from all of them
    // end
}

internal suspend fun testSnippet() {
    // snippet: test
    EmbeddedNatsServer.start().use { server ->
        val nats = NatsConnection(server.url)
        nats.flush()
        nats.close()
    }
    // end
}
