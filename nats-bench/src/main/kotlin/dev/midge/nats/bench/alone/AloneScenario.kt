package dev.midge.nats.bench.alone

import dev.midge.nats.bench.nullserver.NullServerMode
import dev.midge.nats.bench.typed.Order

/**
 * What a client does alone with a null server.
 *
 * @property id the name in options, table and report.
 * @property server what the server does with messages.
 * @property clients who can be measured in it and works in a way of its own, in the order of the table.
 * @property inFlight requests under way at any time, or publishers at once, or subscriptions.
 * @property onlySize the one size of its payloads; `null` if it is measured with each.
 */
enum class AloneScenario(
    val id: String,
    val server: NullServerMode,
    val clients: List<String>,
    val inFlight: Int = 0,
    val onlySize: Int? = null,
) {
    /** One publisher, one call a message. */
    Publish("publish", NullServerMode.Drop, listOf("midge", "midge-java", "jnats", "c", "raw", "ktor")),

    /** Four publishers on one connection: coroutines on two threads, or as many threads. */
    Publish4("publish-4", NullServerMode.Drop, PUBLISHERS, inFlight = 4),

    Publish64("publish-64", NullServerMode.Drop, PUBLISHERS, inFlight = 64),

    /** Each message has two headers. */
    PublishHeaders("publish-headers", NullServerMode.Drop, listOf("midge", "midge-java", "jnats")),

    /** Objects as JSON, encoded for each message. */
    PublishTyped("publish-typed", NullServerMode.Drop, TYPED, onlySize = Order.JSON_BYTES),

    /** One subscription. */
    Receive(
        "receive",
        NullServerMode.Answer,
        listOf("midge", "midge-handler", "midge-inline", "midge-borrowed", "midge-java", "jnats", "c", "raw", "ktor"),
    ),

    /** Each message has two headers; nobody reads them. */
    ReceiveHeaders("receive-headers", NullServerMode.Answer, listOf("midge", "midge-inline", "midge-java", "jnats")),

    /** Objects from JSON, decoded from each message. */
    ReceiveTyped("receive-typed", NullServerMode.Answer, TYPED, onlySize = Order.JSON_BYTES),

    /** Five subscriptions of one subject on one connection. A message counts for each that it is handed to. */
    FanOut("fan-out", NullServerMode.Answer, listOf("midge", "midge-handler", "midge-inline", "midge-java", "jnats"), inFlight = 5),

    /** One subscription of many, as a reference for the next. */
    Subscriptions1("subscriptions-1", NullServerMode.Answer, MANY, inFlight = 1),

    /** 100,000 subjects, a message for each in turn; handled by one thread. */
    Subscriptions100000("subscriptions-100000", NullServerMode.Answer, MANY, inFlight = 100_000),

    /** One request after the other. */
    Request1("request-1", NullServerMode.Answer, listOf("midge", "midge-java", "jnats", "c", "raw", "ktor"), inFlight = 1),

    Request16("request-16", NullServerMode.Answer, CONCURRENT, inFlight = 16),

    Request256("request-256", NullServerMode.Answer, CONCURRENT, inFlight = 256),

    Request10000("request-10000", NullServerMode.Answer, CONCURRENT, inFlight = 10_000),

    /** Requests at a fixed rate. */
    Latency("latency", NullServerMode.Answer, listOf("midge", "midge-futures", "jnats", "jnats-noflush", "raw")),

    /** 1,000 connections that nobody uses. */
    Idle("idle", NullServerMode.Answer, listOf("midge", "jnats", "raw"), onlySize = 0),
    ;

    companion object {
        val byId: Map<String, AloneScenario> = entries.associateBy { it.id }

        /** What is measured unless something else is asked for. */
        val usual: List<AloneScenario> = listOf(Publish, Receive, Request1, Request256)
    }
}

/** Those of `TypedClients`, which are not made in a process that measures another client. */
internal val TYPED: List<String> = listOf("midge-kotlinx", "midge-jackson", "jnats-jackson")

private val PUBLISHERS = listOf("midge", "midge-java", "jnats", "raw")

private val MANY = listOf("midge-inline", "jnats")

private val CONCURRENT = listOf(
    "midge",
    "midge-default",
    "midge-java",
    "midge-platform",
    "midge-futures",
    "jnats",
    "jnats-noflush",
    "jnats-threads",
    "jnats-platform",
    "raw",
)
