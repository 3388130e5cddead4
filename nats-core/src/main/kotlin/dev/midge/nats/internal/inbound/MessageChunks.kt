package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsMessage

/**
 * The messages of one [SubscriptionQueue], in order: those that its collector has taken, those that wait, and those that have arrived and were
 * not handed over yet.
 *
 * They are in chunks; the last slot of a chunk holds the next one. A chunk is filled while it is young and left to the garbage collector when it
 * is empty: with each reference that is stored into an array that has grown old, the garbage collector has work. Before the first message
 * there is no chunk.
 *
 * INVARIANTS
 * - Four places are in this order: [taken], [head], [end], [fill]. The collector goes on to take at the first, messages wait from the second
 *   to the third, and those from the third to the fourth have arrived. Slots before the first hold nothing.
 * - A place behind the last message of a chunk stays there until there is a message in the next one.
 * - [add] is called by one reader at a time, [next] by the collector. All else is guarded by the queue's lock, which hands the slots over.
 *
 * Tested as `SubscriptionQueue` is.
 */
internal class MessageChunks {
    private var fill = arrayOfNulls<Any>(1)
    private var fillAt = 0
    private var end = fill
    private var endAt = 0
    private var head = fill
    private var headAt = 0
    private var taken = fill
    private var takenAt = 0

    /** How many have arrived: the reader's alone, as [arrivedBytes] is. */
    var arrived = 0
        private set
    var arrivedBytes = 0L
        private set

    /** How many wait for the collector. */
    var waiting = 0
        private set

    fun add(message: NatsMessage) {
        if (fillAt == fill.size - 1) {
            val next = arrayOfNulls<Any>(minOf(maxOf(2 * fillAt, FIRST), LARGEST) + 1)
            fill[fillAt] = next
            fill = next
            fillAt = 0
        }
        fill[fillAt++] = message
        arrived++
        arrivedBytes += message.size
    }

    /** All that have arrived wait now. */
    fun handOver() {
        waiting += arrived
        handedOver()
    }

    /** Of those that have arrived only those wait now that [accepts] says yes to. */
    inline fun handOver(accepts: (NatsMessage) -> Boolean) {
        var chunk = end
        var at = endAt
        try {
            repeat(arrived) {
                if (at == chunk.size - 1) {
                    chunk = following(chunk)
                    at = 0
                }
                val message = chunk[at] as NatsMessage
                chunk[at++] = null
                if (accepts(message)) keep(message)
            }
        } finally {
            // Whatever happens: what stays would keep the next messages from being handed over.
            fill = end
            fillAt = endAt
            handedOver()
        }
    }

    private fun keep(message: NatsMessage) {
        if (endAt == end.size - 1) {
            end = following(end)
            endAt = 0
        }
        end[endAt++] = message
        waiting++
    }

    private fun handedOver() {
        end = fill
        endAt = fillAt
        arrived = 0
        arrivedBytes = 0
    }

    /** Takes away the first that waits. */
    fun evict(): NatsMessage {
        check(waiting > 0) { "no message waits" }
        if (headAt == head.size - 1) {
            head = leave(head)
            headAt = 0
        }
        val message = head[headAt] as NatsMessage
        head[headAt++] = null
        waiting--
        return message
    }

    /** Lets [next] have at most [max] messages, when it has returned all it was given before; returns how many. */
    fun take(max: Int): Int {
        val count = minOf(waiting, max)
        taken = head
        takenAt = headAt
        headAt += count
        while (headAt > head.size - 1) {
            headAt -= head.size - 1
            head = following(head)
        }
        waiting -= count
        return count
    }

    /** The next of the messages that were taken: the collector's alone. */
    fun next(): NatsMessage {
        if (takenAt == taken.size - 1) {
            taken = leave(taken)
            takenAt = 0
        }
        val message = taken[takenAt] as NatsMessage
        taken[takenAt++] = null
        return message
    }

    /** An empty chunk that has grown old would keep all that follow it. */
    private fun leave(chunk: Array<Any?>): Array<Any?> = following(chunk).also { chunk[chunk.size - 1] = null }

    @Suppress("UNCHECKED_CAST")
    private fun following(chunk: Array<Any?>): Array<Any?> = chunk[chunk.size - 1] as Array<Any?>

    private companion object {
        /** How many messages the first chunk has room for: most subscriptions get few. Each one after it has room for twice as many. */
        const val FIRST = 8

        const val LARGEST = 64
    }
}
