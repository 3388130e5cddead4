package dev.midge.nats.testing.internal

import java.util.PriorityQueue
import java.util.concurrent.TimeUnit
import kotlin.time.Duration

/** What a selector's thread does later, between two looks at its sockets. Confined to that thread. */
internal class Timers {
    private class Timer(val dueNanos: Long, val action: () -> Unit)

    // By difference and not by value: nanoTime may overflow.
    private val queue = PriorityQueue<Timer> { a, b -> (a.dueNanos - b.dueNanos).compareTo(0) }

    fun schedule(delay: Duration, action: () -> Unit) {
        queue += Timer(System.nanoTime() + delay.inWholeNanoseconds, action)
    }

    /** How long a selector may sleep; 0 stands for any time. */
    fun millisToNext(): Long {
        val next = queue.peek() ?: return 0
        // Rounded up, or the thread would spin for the last fraction.
        return TimeUnit.NANOSECONDS.toMillis(maxOf(0, next.dueNanos - System.nanoTime())) + 1
    }

    fun runDue() {
        while (true) {
            val next = queue.peek() ?: return
            if (next.dueNanos - System.nanoTime() > 0) return
            queue.remove()
            next.action()
        }
    }
}
