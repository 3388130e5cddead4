package dev.midge.nats.internal.inbound

import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.LongAdder

/** What was received since the connection was made. Messages and bytes are written by the reader alone, hence without contention. */
internal class InboundCounters {
    private val messageCount = AtomicLong()
    private val byteCount = AtomicLong()
    private val droppedCount = LongAdder()

    val messages: Long
        get() = messageCount.get()
    val bytes: Long
        get() = byteCount.get()
    val dropped: Long
        get() = droppedCount.sum()

    fun message() {
        messageCount.lazySet(messageCount.plain + 1)
    }

    fun bytes(count: Int) {
        byteCount.lazySet(byteCount.plain + count)
    }

    fun dropped(count: Long) {
        droppedCount.add(count)
    }
}
