package dev.midge.nats.internal.outbound

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.channels.Channel

/**
 * The batches on their way to one link, in order: what an [OutboundBuffer] fills and that link's [WriterLoop] empties.
 *
 * INVARIANT: every batch that entered the lane and was not written to its end is in exactly one of [ahead], [inFlight], [undelivered] and
 * [queue], so that the next link can go on with it. All but the queue are the writer's, and belong to the thread that has joined it afterwards.
 *
 * @param writers where its writer runs, unless it does so with a caller.
 */
internal class OutboundLane(writers: CoroutineDispatcher) {
    /** Frames are appended to its last batch, under the buffer's lock. */
    val queue = Channel<Batch>(Channel.UNLIMITED) { undelivered = it }

    /** Written before the queue. Filled before the writer begins. */
    val ahead = ArrayDeque<Batch>()

    /** What the server of the link takes, or, before there is one, the one before it; `null` if that is not known. Guarded by the buffer's lock. */
    var limits: ServerLimits? = null

    /** Guarded by the buffer's lock, without the batch that is [inFlight]. */
    var writtenBytes = 0L

    /** Where the writer runs. */
    val dispatcher = WriterDispatcher(writers)

    /** The writer's alone. */
    val growth = BatchGrowth()

    /** Taken and not written to its end; its position says how far. */
    var inFlight: Batch? = null

    /** The writer was cancelled at the moment at which it was given this batch. */
    private var undelivered: Batch? = null

    /** All that was not written to its end, in order, each batch positioned at its first byte that was not handed over. */
    fun takeRest(): List<Batch> = buildList {
        inFlight?.let(::add)
        inFlight = null
        val waiting = ahead.toList() + listOfNotNull(undelivered) + generateSequence { queue.tryReceive().getOrNull() }
        ahead.clear()
        undelivered = null
        waiting.forEach { it.bytes.flip() }
        addAll(waiting)
    }
}
