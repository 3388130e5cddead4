package dev.midge.nats.bench.report

/** What `compare` found out, and on what. */
data class Report(val results: List<Result>, val machine: Machine, val versions: Map<String, String>)

/**
 * A row of the comparison.
 *
 * @property messages in each round.
 * @property cpuNanos the CPU time of the clients' process a message, both ends of it: the median over the rounds.
 * @property median of the rounds; [min] and [max] likewise. For "request", a round's value is the median time of its requests.
 * @property p99 of "request": the median over the rounds of the time that 99 of 100 requests stayed below.
 * @property speedToMidge how many times as fast as Midge (also for times: 2 means half the time), or `null` if Midge failed.
 * @property rounds each round's value, in order.
 * @property failures rounds that ended in an error and are not part of the figures.
 */
data class Result(
    val scenario: String,
    val size: Int,
    val client: String,
    val median: Double,
    val min: Double,
    val max: Double,
    val unit: String,
    val p99: Double?,
    val speedToMidge: Double?,
    val messages: Int,
    val rounds: List<Double>,
    val failures: Int,
    val cpuNanos: Double,
)
