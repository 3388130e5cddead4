package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.RawApi
import dev.midge.nats.bench.client.RawFrames
import dev.midge.nats.bench.client.Target
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
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
    private val api = RawApi(target)
    private var consumers = 0
    private var stored = 0L

    init {
        ask("STREAM.DELETE.$STREAM", mayFail = true)
        ask("STREAM.CREATE.$STREAM", """{"name":"$STREAM","subjects":["$SUBJECT"],"storage":"memory"}""")
    }

    /** The name of the consumer that was made last. */
    val consumer: String
        get() = "c$consumers"

    /** Removes all messages. */
    fun purge() {
        ask("STREAM.PURGE.$STREAM")
    }

    /** Has it store [messages] at least. */
    fun fill(messages: Int) {
        while (stored < messages) {
            // Not more at once than the server keeps waiting: it drops the rest. It tells of the last one when all are stored.
            val chunk = minOf(messages - stored, CHUNK).toInt()
            val ahead = RawFrames.repeated(RawFrames.publish(SUBJECT, null, payload), chunk - 1)
            stored = parse(api.request(SUBJECT, payload, ahead)).getValue("seq").jsonPrimitive.long
        }
    }

    /** Makes a consumer of all messages, with the server's defaults, in place of the last one. */
    fun renewConsumer() {
        if (consumers > 0) ask("CONSUMER.DELETE.$STREAM.$consumer", mayFail = true)
        consumers++
        val config = """{"durable_name":"$consumer","ack_policy":"explicit","deliver_policy":"all","replay_policy":"instant"}"""
        ask("CONSUMER.CREATE.$STREAM.$consumer", """{"stream_name":"$STREAM","config":$config}""")
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
        ask("CONSUMER.INFO.$STREAM.$consumer").getValue("ack_floor").jsonObject.getValue("stream_seq").jsonPrimitive.long

    private fun ask(what: String, body: String = "", mayFail: Boolean = false): JsonObject =
        parse(api.request("\$JS.API.$what", body.encodeToByteArray()), mayFail)

    private fun parse(answer: String, mayFail: Boolean = false): JsonObject = Json.parseToJsonElement(answer).jsonObject.also {
        check(mayFail || "error" !in it) { "the server refuses: $answer" }
    }

    override fun close() {
        api.use { ask("STREAM.DELETE.$STREAM", mayFail = true) }
    }

    companion object {
        const val STREAM = "BENCH"
        const val SUBJECT = "bench.jetstream"
        private const val CHUNK = 2_000L
        private const val POLL_NANOS = 1_000_000L
        private val LONGEST = 10.seconds
    }
}
