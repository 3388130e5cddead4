package dev.midge.nats.bench.compare

/**
 * What is measured.
 *
 * @property id the name in options, table and report.
 * @property unit of the measured value.
 * @property moreIsBetter whether the value is a speed; otherwise it is a time.
 */
enum class Scenario(val id: String, val unit: String, val moreIsBetter: Boolean) {
    /** One publisher; ends with the PONG that answers the last flush. */
    Publish("publish", "msg/s", moreIsBetter = true),

    /** One publisher and one subscriber, on a connection each; ends with the last received message. */
    PubSub("pubsub", "msg/s", moreIsBetter = true),

    /** Requests one at a time, answered from another connection: the median time of one. */
    Request("request", "µs", moreIsBetter = false),

    /** [IN_FLIGHT] requests under way at any time, answered from another connection. */
    Request256("request-256", "msg/s", moreIsBetter = true),
    ;

    companion object {
        const val IN_FLIGHT = 256

        /** What `--scenarios` takes; "request" stands for both ways of requesting. */
        val choices: Map<String, List<Scenario>> =
            mapOf("publish" to listOf(Publish), "pubsub" to listOf(PubSub), "request" to listOf(Request, Request256))
    }
}
