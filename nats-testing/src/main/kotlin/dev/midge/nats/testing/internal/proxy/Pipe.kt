package dev.midge.nats.testing.internal.proxy

import dev.midge.nats.testing.internal.Timers
import java.io.IOException
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.nanoseconds

/**
 * One direction of one connection: takes in what [source] sends and forwards it to [sink] as [faults] allow. What counts bytes counts
 * them where they leave, to the byte. Confined to the proxy's thread.
 */
internal class Pipe(
    val source: Endpoint,
    val sink: Endpoint,
    private val faults: DirectionFaults,
    private val capture: Capture,
    private val timers: Timers,
    private val wake: () -> Unit,
) {
    /** Empty [bytes] stand for the end of the stream. */
    private class Chunk(val bytes: ByteBuffer, val arrivedNanos: Long)

    private val queue = ArrayDeque<Chunk>()
    private var queuedBytes = 0
    private var sourceEnded = false
    private var sinkFull = false
    private var wakeUpNanos: Long? = null

    /** The throttle's clock: nothing is written before it. */
    private var notBeforeNanos = System.nanoTime() - BURST_NANOS
    private var cutOrigin = 0L
    private var corruptionOrigin = 0L

    /** How many bytes were handed to [sink]. */
    var passedBytes: Long = 0
        private set

    /** Whether bytes, or the stream's end, were taken in and will never be forwarded. */
    var hasLost: Boolean = false
        private set

    /** Whether the end of the stream was forwarded. */
    var isFinished: Boolean = false
        private set

    val wantsRead: Boolean get() = !sourceEnded && !faults.isPaused && (faults.isBlackHole || queuedBytes < QUEUE_BYTES)
    val wantsWrite: Boolean get() = sinkFull && !faults.isPaused

    /** A cut that was just asked for counts from here. */
    fun startCutHere() {
        cutOrigin = passedBytes
    }

    /** A corruption that was just asked for counts from here. */
    fun startCorruptionHere() {
        corruptionOrigin = passedBytes
    }

    fun lose() {
        hasLost = true
    }

    /**
     * Takes in what has arrived.
     *
     * @throws IOException if [source] was reset.
     */
    fun fill(buffer: ByteBuffer) {
        var rounds = 0
        while (wantsRead && rounds++ < MAX_READS) {
            val count = source.read(buffer.clear())
            if (count == 0) return
            if (count < 0) sourceEnded = true else capture.add(buffer.array(), count)
            if (faults.isBlackHole) lose() else enqueue(if (count < 0) NONE else buffer.array().copyOf(count))
        }
    }

    /**
     * Forwards what may be forwarded now; whether the connection is to be cut.
     *
     * @throws IOException if [sink] was reset.
     */
    fun forward(): Boolean {
        sinkFull = false
        if (faults.isBlackHole || !sink.isOpen) dropQueue()
        while (!faults.isPaused && !faults.isBlackHole && sink.isConnected && !sinkFull) {
            if (takeCut()) return true
            val chunk = queue.firstOrNull() ?: return false
            val wait = nanosUntilDue(chunk)
            if (wait > 0) {
                wakeIn(wait)
                return false
            }
            if (chunk.bytes.capacity() == 0) finish() else write(chunk)
        }
        return false
    }

    private fun enqueue(bytes: ByteArray) {
        queue.addLast(Chunk(ByteBuffer.wrap(bytes), System.nanoTime()))
        queuedBytes += bytes.size
    }

    private fun dropQueue() {
        if (queue.isEmpty()) return
        lose()
        queue.clear()
        queuedBytes = 0
    }

    private fun takeCut(): Boolean {
        val cut = faults.cut ?: return false
        if (cut.times == 0 || passedBytes - cutOrigin != cut.bytes) return false
        cut.times--
        return true
    }

    private fun nanosUntilDue(chunk: Chunk): Long {
        val now = System.nanoTime()
        val latency = chunk.arrivedNanos + faults.delayNanos - now
        return if (faults.bytesPerSecond == null) latency else maxOf(latency, notBeforeNanos - now)
    }

    private fun wakeIn(nanos: Long) {
        val due = System.nanoTime() + nanos
        if (wakeUpNanos.let { it != null && it - due <= 0 }) return
        wakeUpNanos = due
        timers.schedule(nanos.nanoseconds) {
            wakeUpNanos = null
            wake()
        }
    }

    private fun finish() {
        queue.removeFirst()
        isFinished = true
        sink.shutdownOutput()
    }

    private fun write(chunk: Chunk) {
        val count = portion(chunk.bytes.remaining())
        val piece = chunk.bytes.duplicate()
        piece.limit(piece.position() + count)
        val written = faults.corruption?.let { writeCorrupted(piece, it) } ?: sink.write(piece)
        sinkFull = written < count
        passedBytes += written
        queuedBytes -= written
        chunk.bytes.position(chunk.bytes.position() + written)
        if (!chunk.bytes.hasRemaining()) queue.removeFirst()
        faults.bytesPerSecond?.let { rate ->
            // From where the last piece should have gone: a timer that comes late must not make the whole slower.
            notBeforeNanos = maxOf(notBeforeNanos, System.nanoTime() - BURST_NANOS) + written * NANOS_PER_SECOND / rate
        }
    }

    private fun portion(remaining: Int): Int {
        val untilCut =
            faults.cut?.takeIf { it.times > 0 }?.let { it.bytes - (passedBytes - cutOrigin) }?.takeIf { it > 0 } ?: Long.MAX_VALUE
        val quantum = faults.bytesPerSecond?.let { maxOf(1, it * BURST_NANOS / NANOS_PER_SECOND / 2) } ?: Long.MAX_VALUE
        return minOf(minOf(remaining, faults.pieceBytes).toLong(), minOf(untilCut, quantum)).toInt()
    }

    /** Works on a copy: what the socket does not take is looked at again. */
    private fun writeCorrupted(piece: ByteBuffer, corruption: DirectionFaults.Corruption): Int {
        val start = passedBytes - corruptionOrigin
        val copy = ByteArray(piece.remaining()).also { piece.get(it) }
        val hits = copy.indices.filter { corruption.hits(start + it) }.take(corruption.times)
        hits.forEach { copy[it] = copy[it].toInt().inv().toByte() }
        val written = sink.write(ByteBuffer.wrap(copy))
        corruption.times -= hits.count { it < written }
        return written
    }

    private companion object {
        val NONE = ByteArray(0)

        /** What a network holds in flight: enough for 10 MB/s at a latency of 100 ms. */
        const val QUEUE_BYTES = 1024 * 1024

        /** A sender that never pauses must not keep the others waiting. */
        const val MAX_READS = 64

        const val NANOS_PER_SECOND = 1_000_000_000L

        /** How much time's worth of bytes a throttled direction may catch up on. */
        const val BURST_NANOS = 20_000_000L
    }
}
