package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.RawFrames
import dev.midge.nats.bench.client.Target
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.util.concurrent.locks.LockSupport
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * The stream that is measured, in memory, and its consumers: made anew for each process, and by no client.
 *
 * Used by one thread, between measured runs.
 */
internal class BenchStream(target: Target, private val payload: ByteArray) : AutoCloseable {
    private val api = StreamApi(target)
    private var consumers = 0
    private var stored = 0L

    init {
        api.renewStream(STREAM, listOf(SUBJECT))
    }

    /** The name of the consumer that was made last. */
    val consumer: String
        get() = "c$consumers"

    /** Removes all messages. */
    fun purge() {
        api.ask("STREAM.PURGE.$STREAM")
    }

    /** Has it store [messages] at least. */
    fun fill(messages: Int) {
        while (stored < messages) {
            // Not more at once than the server keeps waiting: it drops the rest. It tells of the last one when all are stored.
            val chunk = minOf(messages - stored, CHUNK).toInt()
            val ahead = RawFrames.repeated(RawFrames.publish(SUBJECT, null, payload), chunk - 1)
            stored = api.store(SUBJECT, payload, ahead)
        }
    }

    /** Makes a consumer of all messages, with the server's defaults, in place of the last one. */
    fun renewConsumer() {
        if (consumers > 0) api.ask("CONSUMER.DELETE.$STREAM.$consumer", mayFail = true)
        consumers++
        val config = """{"durable_name":"$consumer","ack_policy":"explicit","deliver_policy":"all","replay_policy":"instant"}"""
        api.ask("CONSUMER.CREATE.$STREAM.$consumer", """{"stream_name":"$STREAM","config":$config}""")
    }

    /** Waits until the consumer knows that its first [messages] messages are acknowledged. */
    fun awaitAcknowledged(messages: Int) {
        val start = TimeSource.Monotonic.markNow()
        while (acknowledged() < messages) {
            check(start.elapsedNow() < LONGEST) { "only ${acknowledged()} of $messages messages were acknowledged" }
            LockSupport.parkNanos(POLL_NANOS)
        }
    }

    private fun acknowledged(): Long =
        api.ask("CONSUMER.INFO.$STREAM.$consumer").getValue("ack_floor").jsonObject.getValue("stream_seq").jsonPrimitive.long

    override fun close() {
        api.use { it.deleteStream(STREAM) }
    }

    companion object {
        const val STREAM = "BENCH"
        const val SUBJECT = "bench.jetstream"
        private const val CHUNK = 2_000L
        private const val POLL_NANOS = 1_000_000L
        private val LONGEST = 10.seconds
    }
}
