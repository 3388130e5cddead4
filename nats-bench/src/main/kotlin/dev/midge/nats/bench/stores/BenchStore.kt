package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.RawFrames
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.jetstream.StreamApi
import java.security.MessageDigest
import java.util.Base64

/**
 * The object store that is measured, in memory, for one object: made anew for each process, and by no client. Used by one thread.
 *
 * @property chunks how many chunks the object has.
 */
internal class BenchStore(target: Target, val chunks: Int) : AutoCloseable {
    private val api = StreamApi(target)
    private val chunk = ByteArray(CHUNK_BYTES) { 'x'.code.toByte() }
    private var deliveries = 0

    init {
        api.renewStream(STREAM, listOf("$CHUNKS.>", "$METAS.>"), CONFIG)
    }

    /** How many bytes the object has. */
    val bytes: Long
        get() = chunks.toLong() * CHUNK_BYTES

    /** The object's bytes. */
    fun source() = ObjectBytes(bytes, chunk)

    /** Removes the object. */
    fun purge() {
        api.ask("STREAM.PURGE.$STREAM")
    }

    /** Stores the object. */
    fun fill() {
        val frame = RawFrames.publish(SUBJECT, null, chunk)
        var left = chunks
        while (left > 0) {
            val count = minOf(left, AT_ONCE)
            api.store(SUBJECT, chunk, RawFrames.repeated(frame, count - 1))
            left -= count
        }
        val described = """{"name":"$OBJECT","bucket":"$NAME","nuid":"$NUID","size":$bytes,"chunks":$chunks,"digest":"${digest()}""""
        val meta = """$described,"mtime":"2026-01-01T00:00:00Z","options":{"max_chunk_size":$CHUNK_BYTES}}"""
        api.store("$METAS.${base64(OBJECT.encodeToByteArray())}", meta.encodeToByteArray())
    }

    /** Has the server send the object's chunks to [subject], as fast as it can. */
    fun deliverTo(subject: String) {
        if (deliveries > 0) api.ask("CONSUMER.DELETE.$STREAM.d$deliveries", mayFail = true)
        val name = "d${++deliveries}"
        val config = """{"name":"$name","filter_subject":"$SUBJECT","deliver_subject":"$subject","ack_policy":"none","mem_storage":true}"""
        api.ask("CONSUMER.CREATE.$STREAM.$name.$SUBJECT", """{"stream_name":"$STREAM","config":$config}""")
    }

    private fun digest(): String {
        val sha = MessageDigest.getInstance("SHA-256")
        repeat(chunks) { sha.update(chunk) }
        return "SHA-256=${base64(sha.digest())}"
    }

    private fun base64(bytes: ByteArray): String = Base64.getUrlEncoder().encodeToString(bytes)

    override fun close() = api.use { it.deleteStream(STREAM) }

    companion object {
        const val NAME = "BENCH"
        const val OBJECT = "object"
        private const val STREAM = "OBJ_$NAME"
        private const val NUID = "bench"
        private const val CHUNKS = "\$O.$NAME.C"
        private const val METAS = "\$O.$NAME.M"
        private const val SUBJECT = "$CHUNKS.$NUID"

        /** What clients make of a store with their defaults. */
        private const val CONFIG = ""","discard":"new","allow_direct":true,"allow_rollup_hdrs":true"""

        /** Chunks that are stored at once, 8 MiB of them. */
        private const val AT_ONCE = 64
    }
}
