package dev.midge.nats.bench.client

/** Counts messages of one subscription. */
fun interface MessageCounter {
    /** Told by the one thread (or coroutine) that receives: [messages] more. */
    fun received(messages: Int)
}
