package dev.midge.nats.internal.client

/** Tokens in the order of their deadlines: a binary heap in two arrays, which makes no object for an entry. Not for two threads at once. */
internal class DeadlineQueue {
    private var tokens = LongArray(CAPACITY)
    private var deadlines = LongArray(CAPACITY)

    var size: Int = 0
        private set

    val isEmpty: Boolean
        get() = size == 0

    /** The earliest deadline, by `System.nanoTime`. */
    val earliest: Long
        get() = deadlines[0]

    fun add(token: Long, deadline: Long) {
        if (size == tokens.size) resize(2 * size)
        var at = size++
        while (at > 0) {
            val parent = (at - 1) / 2
            if (deadlines[parent] - deadline <= 0) break
            put(at, tokens[parent], deadlines[parent])
            at = parent
        }
        put(at, token, deadline)
    }

    /** Returns the token with the earliest deadline. */
    fun removeEarliest(): Long {
        val token = tokens[0]
        size--
        sink(tokens[size], deadlines[size])
        if (size < tokens.size / SPARSE && tokens.size > CAPACITY) resize(tokens.size / 2)
        return token
    }

    /** Keeps only what [wanted] says. */
    inline fun retain(wanted: (token: Long) -> Boolean) {
        val count = size
        val before = tokens
        val times = deadlines
        clear()
        for (i in 0 until count) if (wanted(before[i])) add(before[i], times[i])
    }

    private fun clear() {
        size = 0
        tokens = LongArray(CAPACITY)
        deadlines = LongArray(CAPACITY)
    }

    /** Finds a place from the top down for what was the last entry. */
    private fun sink(token: Long, deadline: Long) {
        var at = 0
        while (true) {
            var child = 2 * at + 1
            if (child >= size) break
            if (child + 1 < size && deadlines[child + 1] - deadlines[child] < 0) child++
            if (deadline - deadlines[child] <= 0) break
            put(at, tokens[child], deadlines[child])
            at = child
        }
        put(at, token, deadline)
    }

    private fun put(at: Int, token: Long, deadline: Long) {
        tokens[at] = token
        deadlines[at] = deadline
    }

    private fun resize(capacity: Int) {
        tokens = tokens.copyOf(capacity)
        deadlines = deadlines.copyOf(capacity)
    }

    private companion object {
        const val CAPACITY = 64

        /** An array of which less than this part is used is halved. */
        const val SPARSE = 4
    }
}
