package dev.midge.nats.internal.pool

import java.util.concurrent.atomic.AtomicInteger

/**
 * Takes the numbers from 0 until [size] in turn, for any number of threads.
 *
 * The counter wraps from the largest `Int` to the smallest after 2^31 calls: it is read as an unsigned number, whose remainder is never
 * negative.
 */
internal class Rotation(private val size: Int, start: Int = 0) {
    private val calls = AtomicInteger(start)

    fun next(): Int = Integer.remainderUnsigned(calls.getAndIncrement(), size)
}
