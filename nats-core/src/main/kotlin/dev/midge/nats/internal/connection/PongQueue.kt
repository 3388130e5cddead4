package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Who waits for which PONG of one link: the server answers PINGs in order.
 *
 * INVARIANT: the order of [waiting] is the order of the PINGs on the link, because both are appended under [lock].
 * A caller that gives up leaves its entry, so that the PONG it asked for still finds it. Tested by `PongQueueLincheckSpec`.
 */
internal class PongQueue {
    private val lock = ReentrantLock()
    private val waiting = ArrayDeque<CompletableDeferred<Unit>>()
    private var closed: NatsException? = null

    /** Sends a PING with [send] and returns what its PONG completes; `null` if [send] says that the PING was not for this link any more. */
    fun ping(send: () -> Boolean): CompletableDeferred<Unit>? {
        val pong = CompletableDeferred<Unit>()
        lock.withLock {
            val cause = closed
            if (cause != null) {
                pong.completeExceptionally(cause)
            } else {
                if (!send()) return null
                waiting.addLast(pong)
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
        lock.withLock { waiting.removeFirstOrNull() }?.complete(Unit)
    }

    /** No PONG will come any more. */
    fun fail(cause: NatsException) {
        val failed = lock.withLock {
            closed = cause
            waiting.toList().also { waiting.clear() }
        }
        failed.forEach { it.completeExceptionally(cause) }
    }
}
