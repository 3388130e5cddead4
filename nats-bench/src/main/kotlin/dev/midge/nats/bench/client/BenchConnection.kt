package dev.midge.nats.bench.client

/**
 * One connection of a client, as an application that wants speed would use it. Every function blocks the calling thread until its work is
 * done; within it, each client works the way that suits it best (coroutines, a thread, futures).
 */
interface BenchConnection : AutoCloseable {
    /** The version of the server, from its INFO. */
    val serverVersion: String

    /** Publishes [payload] [count] times to [subject], one call a message, then flushes: PING, and the server's PONG. */
    fun publish(subject: String, payload: ByteArray, count: Int)

    /** Subscribes to [subject] and counts up to [expected] messages of [payloadSize] bytes; returns once the server knows of it. */
    fun receive(subject: String, payloadSize: Int, expected: Int): Reception

    /** Answers each request to [subject] with its own payload, until the connection is closed; returns once the server knows of it. */
    fun echo(subject: String, payloadSize: Int)

    /** Sends [count] requests, one at a time, and returns how many nanoseconds each took. */
    fun requestOneByOne(subject: String, payload: ByteArray, count: Int): LongArray

    /** Sends [count] requests with [inFlight] of them under way at any time, and returns when the last is answered. */
    fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int)
}
