package dev.midge.nats.bench.client

/**
 * One connection of a client, as an application that wants speed would use it. Every function blocks the calling thread until its work is
 * done; within it, each client works the way that suits it best (coroutines, a thread, futures).
 */
interface BenchConnection : AutoCloseable {
    /** The version of the server, from its INFO. */
    val serverVersion: String

    /** Publishes [payload] [count] times to [subject], one call a message. */
    fun send(subject: String, payload: ByteArray, count: Int)

    /** PING, and the server's PONG. */
    fun flush()

    /**
     * Subscribes to [subject] and tells [counter] of its messages, all of [payloadSize] bytes; returns once the server knows of it.
     *
     * Up to [room] messages may wait to be counted: a benchmark that drops has measured nothing.
     */
    fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter)

    /** Answers each request to [subject] with its own payload, until the connection is closed; returns once the server knows of it. */
    fun echo(subject: String, payloadSize: Int)

    /** Sends [count] requests, one at a time, and writes down in [times] how many nanoseconds each took. */
    fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int = times.size)

    /** Sends [count] requests with [inFlight] of them under way at any time, and returns when the last is answered. */
    fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int)
}

/** Publishes [payload] [count] times to [subject] and flushes. */
fun BenchConnection.publish(subject: String, payload: ByteArray, count: Int) {
    send(subject, payload, count)
    flush()
}

/** Subscribes to [subject] for [expected] messages. */
fun BenchConnection.receive(subject: String, payloadSize: Int, expected: Int): Reception =
    Reception(expected).also { receive(subject, payloadSize, expected, it) }
