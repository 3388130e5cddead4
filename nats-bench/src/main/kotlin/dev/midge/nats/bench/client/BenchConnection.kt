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

    /** As [send], by [publishers] at once, each with its share. */
    fun sendConcurrently(subject: String, payload: ByteArray, count: Int, publishers: Int) =
        PublisherThreads.run(publishers) { send(subject, payload, shareOf(it, publishers, count)) }

    /** As [send], with two headers. */
    fun sendWithHeaders(subject: String, payload: ByteArray, count: Int): Unit = cannot("send headers")

    /** PING, and the server's PONG. */
    fun flush()

    /**
     * Subscribes to [subject] and tells [counter] of its messages, all of [payloadSize] bytes; returns once the server knows of it.
     *
     * Up to [room] messages may wait to be counted: a benchmark that drops has measured nothing.
     */
    fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter)

    /** Subscribes to each of [subjects] and tells [counter] of all messages, by one thread; returns once the server knows of them. */
    fun receiveMany(subjects: List<String>, counter: MessageCounter): Unit = cannot("receive from many subjects by one thread")

    /** Answers each request to [subject] with its own payload, until the connection is closed; returns once the server knows of it. */
    fun echo(subject: String, payloadSize: Int)

    /** Sends [count] requests, one at a time, and writes down in [times] how many nanoseconds each took. */
    fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int = times.size)

    /** Sends [count] requests with [inFlight] of them under way at any time, and returns when the last is answered. */
    fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int)

    /** Sends one request without waiting; [answered] runs when the reply is there, on a thread of the client's. */
    fun requestAsync(subject: String, payload: ByteArray, answered: Runnable): Unit = cannot("send a request without waiting")

    private fun cannot(what: String): Nothing = throw UnsupportedOperationException("this client does not $what")
}

/** Publishes [payload] [count] times to [subject] and flushes. */
fun BenchConnection.publish(subject: String, payload: ByteArray, count: Int) {
    send(subject, payload, count)
    flush()
}

/** Subscribes to [subject] for [expected] messages. */
fun BenchConnection.receive(subject: String, payloadSize: Int, expected: Int): Reception =
    Reception(expected).also { receive(subject, payloadSize, expected, it) }
