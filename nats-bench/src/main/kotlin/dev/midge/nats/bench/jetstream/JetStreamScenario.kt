package dev.midge.nats.bench.jetstream

/**
 * What a client does alone with a stream in a real server's memory.
 *
 * @property id the name in options, table and report.
 * @property clients who can be measured in it and works in a way of its own, in the order of the table.
 * @property messages how many are on their way at once: unacknowledged, or in one fetch.
 */
enum class JetStreamScenario(val id: String, val clients: List<String>, val messages: Int = 1) {
    /** One publisher, with as many messages unacknowledged as the window allows. */
    PublishWindow512("publish-window-512", PUBLISHERS, 512),
    PublishWindow4096("publish-window-4096", PUBLISHERS, 4_096),

    /** One message after the other, each acknowledged before the next. */
    PublishOne("publish-one", listOf("midge", "midge-java", "jnats", "jnats-noflush")),

    /** One endless consumption, which acknowledges each message. */
    Consume("consume", listOf("midge", "midge-handler", "midge-java", "jnats")),

    /** One fetch after the other, each message acknowledged. */
    Fetch100("fetch-100", FETCHERS, 100),
    Fetch500("fetch-500", FETCHERS, 500),
    ;

    companion object {
        val byId: Map<String, JetStreamScenario> = entries.associateBy { it.id }
    }
}

private val PUBLISHERS = listOf("midge", "midge-default", "midge-java", "jnats", "jnats-noflush", "jnats-rounds")
private val FETCHERS = listOf("midge", "midge-java", "jnats")
