package dev.midge.nats.internal.outbound

import dev.midge.nats.NatsException
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
 * - Frames are added only to [open], the last batch of that queue. What is in [staging] is the end of it, and goes there before anything else
 *   does, and before it is sealed.
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

    /**
     * Small frames are put together here, and go to their batch together. The memory of a batch is in the cache of the processor that wrote it to
     * the socket: to fetch it back frame by frame, each under a lock that waits for that, costs more than all else about a small message.
     */
    private val staging = ByteBuffer.allocateDirect(STAGED_BYTES)

    var messages = 0L
        private set
    var writtenBytes = 0L
        private set
    var pendingBytes = 0L
        private set
    var pendingMessages = 0L
        private set
    var discardedMessages = 0L
        private set

    /** The message in whose middle the last link broke is the first of this batch; so many links in a row did. */
    private var suspect: Batch? = null
    private var breaks = 0

    /**
     * Appends [size] bytes, which [encode] writes. One that throws, as it may while reading a caller's closed buffer, leaves nothing behind.
     *
     * @param keepsWriter whether the lane's dispatcher keeps the writer if this wakes it.
     */
    inline fun append(size: Int, messageCount: Int, keepsWriter: Boolean = false, encode: (ByteBuffer) -> Unit): Batch {
        val batch = batchFor(size)
        val out = placeFor(size, batch)
        val start = out.position()
        try {
            encode(out)
        } catch (e: Throwable) {
            out.position(start)
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
        seal()
        val next = if (size > Batch.STANDARD_BYTES) Batch(size) else spare.removeLastOrNull() ?: Batch(Batch.STANDARD_BYTES)
        next.limits = lane.limits
        open = next
        return next
    }

    /** Where [size] bytes that are to be added to [batch], the open one, are written. */
    fun placeFor(size: Int, batch: Batch): ByteBuffer {
        if (size > LARGEST_STAGED || staging.remaining() < size) unstage(batch)
        return if (size > LARGEST_STAGED) batch.bytes else staging
    }

    private fun unstage(batch: Batch) {
        if (staging.position() == 0) return
        batch.bytes.put(staging.flip())
        staging.clear()
        batch.staged = 0
    }

    fun appended(batch: Batch, size: Int, messageCount: Int, keepsWriter: Boolean) {
        batch.staged = staging.position()
        pendingBytes += size
        pendingMessages += messageCount
        messages += messageCount
        batch.messages += messageCount
        if (batch.size != size) return
        if (keepsWriter) lane.dispatcher.keepDuring { lane.queue.trySend(batch) } else lane.queue.trySend(batch)
    }

    /** Nothing more is added to [batch], which the writer has taken. */
    fun seal(batch: Batch) {
        if (open === batch) seal()
    }

    private fun seal() {
        open?.let(::unstage)
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

    /** Takes the messages that [limits] do not allow out of [batch], which is about to be written. */
    fun screen(batch: Batch, limits: ServerLimits): List<DiscardedMessage> {
        val bytes = batch.bytes
        val discarded = ArrayList<DiscardedMessage>()
        val kept = ArrayList<Pair<Int, CompletableDeferred<Unit>>>()
        var at = 0
        var to = 0
        while (at < bytes.limit()) {
            val end = ClientFrames.end(bytes, at)
            val watches = batch.takeWatches(end)
            val violation = violation(bytes, at, limits)
            if (violation == null) {
                if (to < at) bytes.put(to, bytes, at, end - at)
                to += end - at
                watches.forEach { kept += to to it }
            } else {
                if (at == 0 && batch === suspect) suspect = null
                discarded += DiscardedMessage.of(bytes, at, violation, watches)
                pendingBytes -= end - at
                batch.messages--
            }
            at = end
        }
        bytes.limit(to)
        kept.forEach { (end, watch) -> batch.watch(watch, end) }
        batch.limits = limits
        pendingMessages -= discarded.size
        discardedMessages += discarded.size
        return discarded
    }

    private fun violation(bytes: ByteBuffer, at: Int, limits: ServerLimits): NatsException? {
        if (!ClientFrames.isMessage(bytes, at)) return null
        return limits.violation(ClientFrames.messageSize(bytes, at).toLong(), ClientFrames.hasHeaders(bytes, at))
    }

    /** The link of [dead] is gone, because of [cause]: its messages go to another lane, the one in use from now on. */
    fun leaveLane(dead: OutboundLane, cause: NatsException): MovedMessages {
        seal()
        lane = OutboundLane(writers).also { it.limits = dead.limits }
        return moveMessages(dead, cause) { lane.queue.trySend(it) }
    }

    /** The messages of [ending], whose link is gone because of [cause], go ahead of what waits on [next]. */
    fun salvage(ending: OutboundLane, next: OutboundLane, cause: NatsException): MovedMessages {
        val kept = open
        seal()
        return moveMessages(ending, cause, next.ahead::addLast).also { open = kept }
    }

    private fun batchOf(bytes: ByteBuffer): Batch {
        pendingBytes += bytes.remaining()
        return Batch(bytes.remaining()).also { it.bytes.put(bytes) }
    }

    /**
     * Copies the messages that [from] has not handed over to their last byte into batches of their own, each passed to [begun] with its first
     * one: the server cannot have read them. Everything else on the lane concerned its link alone.
     */
    private fun moveMessages(from: OutboundLane, cause: NatsException, begun: (Batch) -> Unit): MovedMessages {
        val moved = MovedMessages()
        val suspected = suspect
        suspect = null
        for (batch in from.takeRest()) {
            val bytes = batch.bytes
            moved.handedOver += batch.takeWatches(bytes.position())
            pendingBytes -= bytes.limit()
            pendingMessages -= batch.messages
            writtenBytes += bytes.position()
            if (!batch.isOpaque) moved.discarded += moveMessages(batch, isSuspected = batch === suspected, cause, begun)
            recycle(batch)
        }
        return moved
    }

    private fun moveMessages(batch: Batch, isSuspected: Boolean, cause: NatsException, begun: (Batch) -> Unit): List<DiscardedMessage> {
        val discarded = ArrayList<DiscardedMessage>()
        val bytes = batch.bytes
        var at = 0
        while (at < bytes.limit()) {
            val end = ClientFrames.end(bytes, at)
            if (end > bytes.position() && ClientFrames.isMessage(bytes, at)) {
                val links = (if (isSuspected && at == 0) breaks else 0) + (if (at < bytes.position()) 1 else 0)
                val watches = batch.takeWatches(end)
                if (links < MOST_BREAKS) {
                    val target = move(bytes, at, end - at, batch.limits, begun)
                    watches.forEach(target::watch)
                    if (links > 0) suspect(target, links)
                } else {
                    discarded += DiscardedMessage.of(bytes, at, cause, watches)
                    discardedMessages++
                }
            }
            at = end
        }
        return discarded
    }

    /** Only one message can have been begun and not ended: it is the first that goes on. */
    private fun suspect(target: Batch, links: Int) {
        suspect = target
        breaks = links
    }

    private fun move(bytes: ByteBuffer, from: Int, size: Int, limits: ServerLimits?, begun: (Batch) -> Unit): Batch {
        val target = batchFor(size)
        if (target.size == 0) {
            target.limits = limits
        } else if (target.limits !== limits) {
            target.limits = null
        }
        target.bytes.put(target.size, bytes, from, size)
        target.bytes.position(target.size + size)
        target.messages++
        pendingBytes += size
        pendingMessages++
        if (target.size == size) begun(target)
        return target
    }

    private fun recycle(batch: Batch) {
        if (batch === suspect) suspect = null
        if (batch.bytes.capacity() != Batch.STANDARD_BYTES || spare.size >= spares) return
        batch.clear()
        spare.addLast(batch)
    }

    private companion object {
        /** In the middle of one message. The network may break two links like that by chance. */
        const val MOST_BREAKS = 3

        /** Few enough to stay in the nearest cache, and enough to be copied at a small cost each. */
        const val STAGED_BYTES = 4 * 1024

        /** Larger frames are fetched at once, and cost more to copy twice. */
        const val LARGEST_STAGED = 512
    }
}

/** What became of the messages of a lane whose link is gone: [handedOver] waits for frames of which every byte was handed over. */
internal class MovedMessages {
    val handedOver = ArrayList<CompletableDeferred<Unit>>()
    val discarded = ArrayList<DiscardedMessage>()
}
