package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsMessage

/** A growing ring of messages. Not thread-safe. */
internal class MessageRing {
    private var slots = arrayOfNulls<NatsMessage>(INITIAL_SLOTS)
    private var head = 0
    private var size = 0

    val isEmpty: Boolean
        get() = size == 0

    fun add(message: NatsMessage) {
        if (size == slots.size) grow()
        slots[(head + size) and (slots.size - 1)] = message
        size++
    }

    fun poll(): NatsMessage {
        check(size > 0) { "the ring is empty" }
        val message = slots[head]!!
        slots[head] = null
        head = (head + 1) and (slots.size - 1)
        size--
        return message
    }

    /** Moves at most [max] messages to the beginning of [target]; returns how many. */
    fun pollInto(target: Array<NatsMessage?>, max: Int): Int {
        val count = minOf(size, max)
        for (i in 0 until count) target[i] = poll()
        return count
    }

    private fun grow() {
        val larger = arrayOfNulls<NatsMessage>(slots.size * 2)
        slots.copyInto(larger, 0, head, slots.size)
        slots.copyInto(larger, slots.size - head, 0, head)
        slots = larger
        head = 0
    }

    private companion object {
        /** A power of two, as every later size. */
        const val INITIAL_SLOTS = 16
    }
}
