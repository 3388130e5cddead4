package dev.midge.nats.internal.transport

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.nio.channels.CancelledKeyException
import java.nio.channels.ClosedChannelException
import java.nio.channels.SelectionKey
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * Who waits for one channel by [selector]: at most one coroutine to read, and one to write or to be connected.
 *
 * INVARIANT: when a slot is filled, the key's interest is set, now or before the selector's thread sleeps again. So the waiting side fills its
 * slot first and sets the interest then, while the selector's thread takes the interest back first and looks at the slot again then.
 * Interest outlives a wake-up that the same coroutine waits after again, which spares an `epoll_ctl`.
 */
internal class Readiness(private val selector: NioSelector, private val key: SelectionKey) {
    private val reader = AtomicReference<CancellableContinuation<Unit>?>()
    private val writer = AtomicReference<CancellableContinuation<Unit>?>()

    @Volatile
    private var isClosed = false

    /** Suspends until the channel is ready for [operation], or may be. @throws ClosedChannelException when it is closed. */
    suspend fun await(operation: Int): Unit = suspendCancellableCoroutine { continuation ->
        val slot = slot(operation)
        // Of one that was cancelled, if any: nobody else waits at the same time.
        slot.set(continuation)
        try {
            if (key.interestOpsOr(operation) and operation == 0) selector.wakeUp()
        } catch (_: CancelledKeyException) {
            isClosed = true
        }
        if (isClosed || selector.hasEnded) fail(slot)
    }

    /** Lets those go on who wait for [operations]. To be called in the selector's thread. */
    fun ready(operations: Int) {
        // The writer goes on elsewhere, the reader here and for as long as it has to read.
        if (operations and WRITES != 0) wake(writer, WRITES)
        if (operations and READS != 0) wake(reader, READS)
    }

    private fun wake(slot: AtomicReference<CancellableContinuation<Unit>?>, side: Int) {
        slot.getAndSet(null)?.resume(Unit)
        if (slot.get() != null) return
        val before = key.interestOpsAnd(side.inv())
        if (slot.get() != null) key.interestOpsOr(before and side)
    }

    /** Fails those who wait, and those to come. The channel is closed; its descriptor is given back when the selector has seen that. */
    fun close() {
        isClosed = true
        fail(reader)
        fail(writer)
        selector.wakeUp()
    }

    private fun fail(slot: AtomicReference<CancellableContinuation<Unit>?>) {
        slot.getAndSet(null)?.resumeWithException(ClosedChannelException())
    }

    private fun slot(operation: Int) = if (operation and READS != 0) reader else writer

    private companion object {
        const val READS = SelectionKey.OP_READ or SelectionKey.OP_ACCEPT
        const val WRITES = SelectionKey.OP_WRITE or SelectionKey.OP_CONNECT
    }
}
