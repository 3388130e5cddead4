package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.MessageCounter

/**
 * One connection of a client that uses JetStream as an application that wants speed would. Every function blocks the calling thread until
 * its work is done, and throws if a message was not stored.
 */
internal interface JetStreamConnection : AutoCloseable {
    /** Publishes [payload] [count] times to [subject] with a window of unacknowledged messages; returns when all are stored. */
    fun publishByWindow(subject: String, payload: ByteArray, count: Int)

    /** Publishes one message at a time, [count] of them, and tells [took] how many nanoseconds each took until it was stored. */
    fun publishOneByOne(subject: String, payload: ByteArray, count: Int, took: (Long) -> Unit)

    /** Takes messages from [consumer], acknowledges each and tells [counter] of it, until what is returned is closed. */
    fun consume(consumer: String, counter: MessageCounter): AutoCloseable

    /** Takes [batches] times [batch] messages from [consumer] and acknowledges each; returns how many came. */
    fun fetch(consumer: String, batch: Int, batches: Int): Int

    /** PING, and the server's PONG: acknowledgements have arrived. */
    fun flush()
}
