package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.MessageCounter
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/**
 * Has messages sent in chunks, a few of them ahead of what was counted: the client never waits for the server, and no more messages are
 * ahead than clients keep by default, however slow one of them is.
 *
 * INVARIANT: a chunk is ordered when all [lanes] have counted the oldest one that is under way, so that at most [CHUNKS_AHEAD] are.
 */
internal class Feed(private val orders: SendOrders, size: Int, subscriptionsPerLane: Int = 1) {
    private val rounds = (CHUNK_BYTES / size.coerceAtLeast(1) / subscriptionsPerLane).coerceIn(1, CHUNK_MESSAGES)

    /** Messages of one lane. */
    private val chunk = rounds * subscriptionsPerLane
    private val counted = AtomicInteger()
    private val done = Semaphore(0)
    private var lanes = 0

    @Volatile
    private var chunks = 0

    /** Counts for one subscription. All lanes are made before the first run. */
    fun lane(): MessageCounter {
        lanes++
        return Lane()
    }

    /** Has at least [messages] received, over all lanes, and returns how many they were. */
    fun run(messages: Int): Int {
        chunks = (messages + chunk * lanes - 1) / (chunk * lanes)
        counted.set(0)
        repeat(minOf(chunks, CHUNKS_AHEAD)) { orders.send(rounds) }
        check(done.tryAcquire(STALL_SECONDS, TimeUnit.SECONDS)) {
            "only ${counted.get()} of ${chunks * lanes} chunks came: messages are lost"
        }
        return chunks * chunk * lanes
    }

    private fun chunkCounted() {
        val all = counted.incrementAndGet()
        if (all % lanes != 0) return
        val complete = all / lanes
        if (complete + CHUNKS_AHEAD <= chunks) orders.send(rounds)
        if (complete == chunks) done.release()
    }

    /** Touched by the one thread that receives for its subscription. */
    private inner class Lane : MessageCounter {
        private var left = chunk

        override fun received(messages: Int) {
            left -= messages
            while (left <= 0) {
                left += chunk
                chunkCounted()
            }
        }
    }

    companion object {
        private const val CHUNK_MESSAGES = 8_192
        private const val CHUNK_BYTES = 4 * 1024 * 1024
        private const val CHUNKS_AHEAD = 4

        /** A run takes a second or two; under `strace`, a few more. */
        private const val STALL_SECONDS = 60L

        /** What a client has to keep for one subscription: twice what may be under way, since it may still hold what was counted. */
        const val MOST_MESSAGES = 2 * CHUNK_MESSAGES * CHUNKS_AHEAD
    }
}
