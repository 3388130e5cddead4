package dev.midge.nats.internal.outbound

import kotlinx.coroutines.CancellableContinuation

/**
 * Who waits for room in an [OutboundBuffer], in the order in which they came.
 *
 * Not safe for threads: every call is made under that buffer's lock.
 */
internal class RoomWaiters {
    private var first: RoomWaiter? = null
    private var last: RoomWaiter? = null

    fun add(waiter: RoomWaiter) {
        waiter.isWaiting = true
        waiter.previous = last
        last?.next = waiter
        last = waiter
        if (first == null) first = waiter
    }

    /** Forgets [waiter], unless it has been taken. */
    fun remove(waiter: RoomWaiter) {
        if (!waiter.isWaiting) return
        waiter.isWaiting = false
        waiter.previous?.next = waiter.next
        waiter.next?.previous = waiter.previous
        if (first === waiter) first = waiter.next
        if (last === waiter) last = waiter.previous
    }

    /**
     * Takes the first ones, for as long as [fits] says of the bytes that they want together and of whether it is the first that they fit.
     * Returns them as a list that begins with the one returned.
     */
    inline fun takeWhile(fits: (sum: Long, isFirst: Boolean) -> Boolean): RoomWaiter? {
        val taken = first
        var sum = 0L
        var end: RoomWaiter? = null
        while (true) {
            val next = first ?: break
            sum += next.size
            if (!fits(sum, end == null)) break
            next.isWaiting = false
            end = next
            first = next.next
        }
        if (end == null) return null
        end.next = null
        first?.previous = null
        if (first == null) last = null
        return taken
    }
}

/** One that waits for room of [size] bytes in [buffer]; told of its own cancellation, so that one object is all that waiting costs here. */
internal class RoomWaiter(val size: Int, private val continuation: CancellableContinuation<Unit>, private val buffer: OutboundBuffer) :
    (Throwable?) -> Unit {
    var isWaiting = false
    var previous: RoomWaiter? = null
    var next: RoomWaiter? = null

    override fun invoke(cause: Throwable?): Unit = buffer.forget(this)

    /**
     * Resumes it and those behind it, each of which has been taken. One that is cancelled before it goes on passes the room on; one whose
     * dispatcher throws does not keep the others: the first failure is thrown at the end.
     */
    fun resumeAll() {
        var failure: Throwable? = null
        var waiter: RoomWaiter? = this
        while (waiter != null) {
            val following = waiter.next
            try {
                waiter.continuation.resume(Unit, buffer.whenWaiterCancelled)
            } catch (e: Throwable) {
                failure = failure ?: e
            }
            waiter = following
        }
        failure?.let { throw it }
    }
}
