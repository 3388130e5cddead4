package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Who waits for which PONG of one link: the server answers PINGs in order.
 *
 * Of a link that stands still only so many PINGs are known: who asks for one more shares it with all who ask after that, and it is sent when
 * the next PONG comes. Callers that give up one after the other cannot fill memory.
 *
 * INVARIANTS
 * - The order of [waiting] is the order of the PINGs on the link, because both are appended under [lock].
 * - A PING that is [postponed] is behind everything that was sent before its callers asked. There is none unless [most] wait.
 *
 * A caller that gives up leaves its entry, so that the PONG it asked for still finds it. Tested by `PongQueueSpec` and
 * `PongQueueLincheckSpec`.
 */
internal class PongQueue(private val most: Int = MOST) {
    private class Postponed(val pong: CompletableDeferred<Unit>, val send: () -> Boolean)

    private val lock = ReentrantLock()
    private val waiting = ArrayDeque<CompletableDeferred<Unit>>()
    private var postponed: Postponed? = null
    private var closed: NatsException? = null

    /**
     * Sends a PING with [send] and returns what its PONG completes; `null` if [send] says that the PING was not for this link any more.
     *
     * @param atOnce whether the PING cannot be postponed: nothing follows it on the link, or it goes with frames of its caller's.
     */
    fun ping(atOnce: Boolean = false, send: () -> Boolean): CompletableDeferred<Unit>? {
        val pong = CompletableDeferred<Unit>()
        lock.withLock {
            val cause = closed
            if (cause != null) {
                pong.completeExceptionally(cause)
            } else if (waiting.size < most || atOnce) {
                if (!send()) return null
                postponed?.let { earlier ->
                    pong.invokeOnCompletion { if (it == null) earlier.pong.complete(Unit) else earlier.pong.completeExceptionally(it) }
                }
                postponed = null
                waiting.addLast(pong)
            } else {
                postponed?.let { return it.pong }
                postponed = Postponed(pong, send)
            }
        }
        return pong
    }

    /** As [ping], for as many PINGs as there are [pongs], which [send] sends together; `false` if they were not for this link any more. */
    fun pings(pongs: List<CompletableDeferred<Unit>>, send: () -> Boolean): Boolean {
        val cause = lock.withLock {
            if (closed == null) {
                if (!send()) return false
                waiting.addAll(pongs)
            }
            closed
        }
        if (cause != null) pongs.forEach { it.completeExceptionally(cause) }
        return true
    }

    fun onPong() {
        val answered = lock.withLock {
            val first = waiting.removeFirstOrNull()
            val next = postponed
            if (next != null && waiting.size < most && next.send()) {
                waiting.addLast(next.pong)
                postponed = null
            }
            first
        }
        answered?.complete(Unit)
    }

    /** Who waits now is told [cause]; the PONGs still find their entries. */
    fun failWaiting(cause: NatsException) {
        val failed = lock.withLock { waiting + listOfNotNull(postponed?.pong) }
        failed.forEach { it.completeExceptionally(cause) }
    }

    /** No PONG will come any more. */
    fun fail(cause: NatsException) {
        val failed = lock.withLock {
            closed = cause
            (waiting + listOfNotNull(postponed?.pong)).also {
                waiting.clear()
                postponed = null
            }
        }
        failed.forEach { it.completeExceptionally(cause) }
    }

    private companion object {
        /** Far more than callers at work have under way at a time. */
        const val MOST = 1024
    }
}
