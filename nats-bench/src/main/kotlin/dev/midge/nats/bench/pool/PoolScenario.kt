package dev.midge.nats.bench.pool

/**
 * What is measured with one connection and with several.
 *
 * @property id the name in options and table.
 */
enum class PoolScenario(val id: String) {
    /** Several coroutines publish, each to a subject of its own; ends with the PONGs that answer the last flush. */
    Publish("publish"),

    /** Plain sockets publish, inline handlers count what they receive; ends with the last message. */
    Receive("receive"),

    /** As [Receive], with handlers that compute something for each message, as decoding would: then the client is the limit. */
    Work("receive-work"),
    ;

    companion object {
        val choices: Map<String, PoolScenario> = entries.associateBy { it.id }
    }
}
