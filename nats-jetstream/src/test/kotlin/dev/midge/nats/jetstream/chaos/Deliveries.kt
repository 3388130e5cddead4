package dev.midge.nats.jetstream.chaos

import dev.midge.nats.jetstream.JetStreamMessage
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlin.time.TimeSource.Monotonic.ValueTimeMark

/** A time in which what is sent to a server may be lost: a fault until there are leaders again, or a sign that a client has seen. */
internal class Trouble(val what: String, val begin: ValueTimeMark) {
    @Volatile
    var end: ValueTimeMark? = null

    /** Whether something that was sent at [at] may be lost. An acknowledgement takes a moment to be known by more servers than one. */
    fun covers(at: ValueTimeMark): Boolean = at >= begin - MARGIN && end.let { it == null || at <= it + MARGIN }

    fun overlaps(from: ValueTimeMark): Boolean = end.let { it == null || it >= from }

    private companion object {
        val MARGIN = 1.seconds
    }
}

/** What a consumer has delivered, and whether it had a reason to deliver again. */
internal class Deliveries(val name: String, private val troubles: Iterable<Trouble>) {
    private class Seen(val at: ValueTimeMark, @Volatile var acked: ValueTimeMark? = null, @Volatile var isNacked: Boolean = false)

    private val seen = ConcurrentHashMap<Long, Seen>()
    private val last = AtomicLong(System.nanoTime())

    /** By the stream's sequence, what was in it. */
    val texts = ConcurrentHashMap<Long, String>()
    val highest = AtomicLong()
    val redelivered = AtomicInteger()
    val unexplained = ConcurrentLinkedQueue<String>()

    /** The longest time between two messages, whatever the reason. */
    val longestGap = AtomicLong()

    fun onMessage(message: JetStreamMessage) {
        val nanos = System.nanoTime()
        longestGap.accumulateAndGet(nanos - last.getAndSet(nanos), ::maxOf)
        val metadata = message.metadata
        val now = TimeSource.Monotonic.markNow()
        val before = seen.put(metadata.streamSequence, Seen(now))
        val text = message.text()
        val known = texts.put(metadata.streamSequence, text)
        check(known == null || known == text) { "message ${metadata.streamSequence} was '$known', and is '$text'" }
        highest.accumulateAndGet(metadata.streamSequence, ::maxOf)
        if (before == null && metadata.delivered == 1L) return
        redelivered.incrementAndGet()
        if (!isExplained(before, metadata.delivered, now)) {
            unexplained += "$name: message ${metadata.streamSequence}, delivery ${metadata.delivered}, " +
                "seen ${before?.let { now - it.at }} ago, acknowledged ${before?.acked?.let { now - it }} ago"
        }
    }

    fun onAck(message: JetStreamMessage) {
        seen.getValue(message.metadata.streamSequence).acked = TimeSource.Monotonic.markNow()
    }

    fun onNak(message: JetStreamMessage) {
        seen.getValue(message.metadata.streamSequence).isNacked = true
    }

    private fun isExplained(before: Seen?, deliveries: Long, now: ValueTimeMark): Boolean = when {
        before == null -> troubles.any { it.overlaps(now - ackWait * deliveries.toInt() - SLACK) }
        before.isNacked -> true
        else -> (before.acked ?: before.at).let { at -> troubles.any { it.covers(at) } }
    }

    val longest: Duration
        get() = longestGap.get().nanoseconds

    private companion object {
        val SLACK = 2.seconds
    }
}
