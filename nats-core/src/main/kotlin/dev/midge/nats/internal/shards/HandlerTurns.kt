package dev.midge.nats.internal.shards

import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** Lets the messages of several shards to one handler: [concurrency] at a time, and no more than were asked for. */
internal class HandlerTurns(concurrency: Int) {
    private val suspending = Semaphore(concurrency)
    private val inline = ReentrantLock()

    /** Guards the two counts below. */
    private val lock = ReentrantLock()
    private var begun = 0L
    private var limit = Long.MAX_VALUE

    /** Called when the last message that was asked for begins. */
    @Volatile
    var onLast: () -> Unit = {}

    /** Whether that many have begun already; otherwise no more than [max] will. */
    fun limitTo(max: Long): Boolean = lock.withLock {
        limit = max
        begun >= max
    }

    /** Runs [handler] when it has a turn, unless all that were asked for have been. */
    suspend fun take(handler: suspend () -> Unit) {
        suspending.withPermit { if (begins()) handler() }
    }

    /** As [take], for handlers that run on the readers. */
    fun takeInline(handler: () -> Unit) {
        inline.withLock { if (begins()) handler() }
    }

    private fun begins(): Boolean {
        val last = lock.withLock {
            if (begun >= limit) return false
            ++begun == limit
        }
        if (last) onLast()
        return true
    }
}
