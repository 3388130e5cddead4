package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.protocol.ClientFrames
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import java.nio.ByteBuffer

/**
 * The batches that an [OutboundBuffer] fills: what goes into which, and how frames get from the lane of a dead link to the next one.
 *
 * Not safe for threads: every call is made under that buffer's lock.
 *
 * INVARIANTS
 * - A batch enters the queue of [lane] with its first frame, so that the queue's order is the order of the frames.
 * - Frames are added only to [open], the last batch of that queue.
 * - [pendingBytes] is what was appended and not yet reported as [written], [pendingMessages] the messages among it.
 *
 * @param spares how many empty batches are kept to be filled again.
 * @param writers where the writers of the lanes run.
 */
internal class OutboundBatches(private val spares: Int, private val writers: CoroutineDispatcher) {
    var lane = OutboundLane(writers)
        private set
    private var open: Batch? = null
    private val spare = ArrayDeque<Batch>()

    var messages = 0L
        private set
    var writtenBytes = 0L
        private set
    var pendingBytes = 0L
        private set
    var pendingMessages = 0L
        private set

    /**
     * Appends [size] bytes, which [encode] writes. One that throws, as it may while reading a caller's closed buffer, leaves nothing behind.
     *
     * @param keepsWriter whether the lane's dispatcher keeps the writer if this wakes it.
     */
    inline fun append(size: Int, messageCount: Int, keepsWriter: Boolean = false, encode: (ByteBuffer) -> Unit): Batch {
        val batch = batchFor(size)
        val start = batch.size
        try {
            encode(batch.bytes)
        } catch (e: Throwable) {
            batch.bytes.position(start)
            throw e
        }
        appended(batch, size, messageCount, keepsWriter)
        return batch
    }

    /** Appends [frames] in a batch of their own, of which nobody knows where its frames end. */
    fun appendOpaque(frames: ByteBuffer) {
        seal()
        append(frames.remaining(), 0) { it.put(frames) }.isOpaque = true
        seal()
    }

    fun batchFor(size: Int): Batch {
        val current = open
        if (current != null && current.hasRoomFor(size)) return current
        val next = if (size > Batch.STANDARD_BYTES) Batch(size) else spare.removeLastOrNull() ?: Batch(Batch.STANDARD_BYTES)
        open = next
        return next
    }

    fun appended(batch: Batch, size: Int, messageCount: Int, keepsWriter: Boolean) {
        pendingBytes += size
        pendingMessages += messageCount
        messages += messageCount
        batch.messages += messageCount
        if (batch.size != size) return
        if (keepsWriter) lane.dispatcher.keepDuring { lane.queue.trySend(batch) } else lane.queue.trySend(batch)
    }

    /** Nothing more is added to [batch], which the writer has taken. */
    fun seal(batch: Batch) {
        if (open === batch) open = null
    }

    private fun seal() {
        open = null
    }

    /** All [size] bytes of [batch] went to the socket. Returns who waits for that. */
    fun written(batch: Batch, size: Int): List<CompletableDeferred<Unit>> {
        pendingBytes -= size
        pendingMessages -= batch.messages
        writtenBytes += size
        return batch.takeWatches(size).also { recycle(batch) }
    }

    /** What waits goes to the lane in use, with [first] ahead of it. */
    fun goAhead(first: ByteBuffer?) {
        if (first != null && first.hasRemaining()) lane.ahead.addLast(batchOf(first))
    }

    /** Ends the lane in use with [last]; what is appended from now on goes to another one. Returns that. */
    fun changeLane(last: ByteBuffer): OutboundLane {
        seal()
        lane.queue.trySend(batchOf(last))
        lane.queue.close()
        return OutboundLane(writers).also { lane = it }
    }

    /**
     * The link of [dead] is gone: its messages go to another lane, the one in use from now on. Returns who waits for frames of which every
     * byte was handed over.
     */
    fun leaveLane(dead: OutboundLane): List<CompletableDeferred<Unit>> {
        seal()
        lane = OutboundLane(writers)
        return moveMessages(dead) { lane.queue.trySend(it) }
    }

    /** The messages of [ending] go ahead of what waits on [next]. Returns as [leaveLane]. */
    fun salvage(ending: OutboundLane, next: OutboundLane): List<CompletableDeferred<Unit>> {
        val kept = open
        seal()
        return moveMessages(ending, next.ahead::addLast).also { open = kept }
    }

    private fun batchOf(bytes: ByteBuffer): Batch {
        pendingBytes += bytes.remaining()
        return Batch(bytes.remaining()).also { it.bytes.put(bytes) }
    }

    /**
     * Copies the messages that [from] has not handed over to their last byte into batches of their own, each passed to [begun] with its first
     * one: the server cannot have read them. Everything else on the lane concerned its link alone.
     */
    private fun moveMessages(from: OutboundLane, begun: (Batch) -> Unit): List<CompletableDeferred<Unit>> {
        val handedOver = ArrayList<CompletableDeferred<Unit>>()
        for (batch in from.takeRest()) {
            val bytes = batch.bytes
            handedOver += batch.takeWatches(bytes.position())
            pendingBytes -= bytes.limit()
            pendingMessages -= batch.messages
            writtenBytes += bytes.position()
            if (!batch.isOpaque) moveMessages(batch, begun)
            recycle(batch)
        }
        return handedOver
    }

    private fun moveMessages(batch: Batch, begun: (Batch) -> Unit) {
        val bytes = batch.bytes
        var at = 0
        while (at < bytes.limit()) {
            val end = ClientFrames.end(bytes, at)
            if (end > bytes.position() && ClientFrames.isMessage(bytes, at)) {
                val target = move(bytes, at, end - at, begun)
                batch.takeWatches(end).forEach(target::watch)
            }
            at = end
        }
    }

    private fun move(bytes: ByteBuffer, from: Int, size: Int, begun: (Batch) -> Unit): Batch {
        val target = batchFor(size)
        target.bytes.put(target.size, bytes, from, size)
        target.bytes.position(target.size + size)
        target.messages++
        pendingBytes += size
        pendingMessages++
        if (target.size == size) begun(target)
        return target
    }

    private fun recycle(batch: Batch) {
        if (batch.bytes.capacity() != Batch.STANDARD_BYTES || spare.size >= spares) return
        batch.clear()
        spare.addLast(batch)
    }
}
