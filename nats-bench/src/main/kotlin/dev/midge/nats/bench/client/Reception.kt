package dev.midge.nats.bench.client

import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/**
 * Counts the messages of one subscription.
 *
 * Only the client's one receiving thread (or coroutine) calls [received], so that counting costs a plain write; others may read.
 */
class Reception(private val expected: Int) : MessageCounter {
    private val complete = CountDownLatch(1)
    private val count = AtomicInteger()

    /** When the first message came, by [System.nanoTime]. Valid after [await]. */
    var firstNanos = 0L
        private set

    /** When the last expected message came, by [System.nanoTime]. Valid after [await]. */
    var lastNanos = 0L
        private set

    val messages: Int
        get() = count.get()

    override fun received(messages: Int) {
        if (messages == 0) return
        val before = count.plain
        if (before == 0) firstNanos = System.nanoTime()
        count.lazySet(before + messages)
        if (before < expected && before + messages >= expected) {
            lastNanos = System.nanoTime()
            complete.countDown()
        }
    }

    /**
     * Waits for the last expected message.
     *
     * @throws IllegalStateException if none came for [STALL_SECONDS]: messages were lost, and the run says nothing about speed.
     */
    fun await() {
        var seen = -1
        while (!complete.await(STALL_SECONDS, TimeUnit.SECONDS)) {
            check(messages != seen) { "received $messages of $expected messages and then none for $STALL_SECONDS s: the rest is lost" }
            seen = messages
        }
    }

    /** As [await], however long the first message takes to come. */
    fun awaitPatiently() {
        while (messages == 0) if (complete.await(STALL_SECONDS, TimeUnit.SECONDS)) return
        await()
    }

    private companion object {
        /** Far longer than any pause of a garbage collector or a busy machine. */
        const val STALL_SECONDS = 10L
    }
}
