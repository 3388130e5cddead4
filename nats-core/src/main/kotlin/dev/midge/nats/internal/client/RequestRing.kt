package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import java.util.concurrent.atomic.AtomicLongArray
import java.util.concurrent.atomic.AtomicReferenceArray

/**
 * Requests that wait, each in the slot that its token chooses: tokens follow one another, so that they come round again when most of them have
 * been answered. A slot that is in use takes no other. Neither locks nor makes objects.
 *
 * INVARIANT: a slot belongs to whoever has put a sink into it where there was none, until the sink is taken away again. Its token stands beside
 * it only in between, is never given twice, and whoever takes the token away gets the sink. Tested by `RequestRingLincheckSpec`.
 *
 * @param slots a power of two.
 * @param older what was used before this one and is too small; it still holds what it took.
 */
internal class RequestRing(val slots: Int, val older: RequestRing?) {
    private val tokens = AtomicLongArray(slots)
    private val sinks = AtomicReferenceArray<ReplySink?>(slots)

    /** Returns whether the slot of [token] was free. */
    fun put(token: Long, sink: ReplySink): Boolean {
        val slot = slot(token)
        if (!sinks.compareAndSet(slot, null, sink)) return false
        tokens.set(slot, token)
        return true
    }

    operator fun get(token: Long): ReplySink? {
        val slot = slot(token)
        if (token == FREE || tokens.get(slot) != token) return null
        val sink = sinks.get(slot)
        // Or it was another's: the slot may have been emptied and used again in between.
        return if (tokens.get(slot) == token) sink else null
    }

    /** Returns what was removed; `null` if [token] is not here. */
    fun remove(token: Long): ReplySink? {
        val slot = slot(token)
        if (token == FREE || tokens.get(slot) != token || !tokens.compareAndSet(slot, token, FREE)) return null
        val sink = sinks.getPlain(slot)
        sinks.setRelease(slot, null)
        return sink
    }

    inline fun forEach(action: (Long, ReplySink) -> Unit) {
        for (slot in 0 until slots) {
            val token = tokenAt(slot)
            if (token != FREE) get(token)?.let { action(token, it) }
        }
    }

    internal fun tokenAt(slot: Int): Long = tokens.get(slot)

    private fun slot(token: Long): Int = (token and (slots - 1).toLong()).toInt()

    internal companion object {
        /** In place of a token, which are counted from 1. */
        const val FREE = 0L
    }
}
