package dev.midge.nats.bench.alone

/** Work of one scenario, by connections that stay open from run to run. */
internal interface Workload : AutoCloseable {
    /** Does the work of about [messages] messages, and returns how many they were. */
    fun run(messages: Int): Int
}
