package dev.midge.nats.bench.alone

/** Work of one scenario, by connections that stay open from run to run. */
internal interface Workload : AutoCloseable {
    /** Brings about what a run of [messages] messages needs; not measured. */
    fun prepare(messages: Int) = Unit

    /** Does the work of about [messages] messages, and returns how many they were. */
    fun run(messages: Int): Int

    /** What it knows of the last run beside, once it has made sure that all its work was done; not measured. */
    fun figures(): Map<Figure, Double> = emptyMap()
}
