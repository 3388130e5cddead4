package dev.midge.nats.bench.alone

import dev.midge.nats.bench.nullserver.NullServerMode

/**
 * What a client does alone with a null server.
 *
 * @property id the name in options, table and report.
 * @property server what the server does with messages.
 * @property clients who can be measured in it and works in a way of its own, in the order of the table.
 * @property inFlight requests under way at any time.
 */
enum class AloneScenario(val id: String, val server: NullServerMode, val clients: List<String>, val inFlight: Int = 0) {
    /** One publisher, one call a message. */
    Publish("publish", NullServerMode.Drop, listOf("midge", "midge-java", "jnats", "c", "raw")),

    /** One subscription. */
    Receive(
        "receive",
        NullServerMode.Answer,
        listOf("midge", "midge-handler", "midge-inline", "midge-java", "jnats", "c", "raw"),
    ),

    /** One request after the other. */
    Request1("request-1", NullServerMode.Answer, listOf("midge", "midge-java", "jnats", "c", "raw"), inFlight = 1),

    Request16("request-16", NullServerMode.Answer, CONCURRENT, inFlight = 16),

    Request256("request-256", NullServerMode.Answer, CONCURRENT, inFlight = 256),

    Request10000("request-10000", NullServerMode.Answer, CONCURRENT, inFlight = 10_000),
    ;

    companion object {
        val byId: Map<String, AloneScenario> = entries.associateBy { it.id }

        /** What is measured unless something else is asked for. */
        val usual: List<AloneScenario> = listOf(Publish, Receive, Request1, Request256)
    }
}

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
