package dev.midge.nats.internal.connection

import dev.midge.nats.BufferOptions

/** How many bytes a message from a server may hold. */
internal object PayloadLimit {
    /** What servers advise against exceeding: most peers of any server take no more. */
    private const val LEAST = 8L * 1024 * 1024

    /** No server is configured for more without a reason of its own, which its clients' options then share. */
    private const val MOST = 64L * 1024 * 1024

    /** From a server whose INFO says [maxPayload], in a [heap] of so many bytes. */
    fun of(options: BufferOptions, maxPayload: Long, heap: Long = Runtime.getRuntime().maxMemory()): Int {
        options.maxIncomingPayload?.let { return it }
        // A server's word is not a reason to fill the heap.
        val most = (heap / 2).coerceIn(LEAST, MOST)
        return (maxPayload.coerceIn(0, MOST) * 2).coerceIn(LEAST, most).toInt()
    }
}
