package dev.midge.nats.bench.compare

/**
 * What is measured.
 *
 * @property id the name in options, table and report.
 * @property unit of the measured value.
 * @property requests whether it is one of requests.
 * @property moreIsBetter whether the value is a speed; otherwise it is a time.
 */
enum class Scenario(val id: String, val unit: String, val moreIsBetter: Boolean, val requests: Boolean = false) {
    /** One publisher; ends with the PONG that answers the last flush. */
    Publish("publish", "msg/s", moreIsBetter = true),

    /** One publisher and one subscriber, on a connection each; ends with the last received message. */
    PubSub("pubsub", "msg/s", moreIsBetter = true),

    /** Requests one at a time, answered from another connection: the median time of one. */
    Request("request", "µs", moreIsBetter = false, requests = true),

    /** 256 requests under way at any time, answered from another connection. */
    Request256("request-256", "msg/s", moreIsBetter = true, requests = true),

    /** 10,000 requests under way at any time: for clients whose requests block, as many threads. */
    Request10000("request-10000", "msg/s", moreIsBetter = true, requests = true),
    ;

    companion object {
        /** What `--scenarios` takes; "request" stands for both ways of requesting. */
        val choices: Map<String, List<Scenario>> = mapOf(
            "publish" to listOf(Publish),
            "pubsub" to listOf(PubSub),
            "request" to listOf(Request, Request256),
            "request-10000" to listOf(Request10000),
        )

        /** What is measured unless something else is asked for. */
        val usual: List<Scenario> = listOf(Publish, PubSub, Request, Request256)
    }
}
