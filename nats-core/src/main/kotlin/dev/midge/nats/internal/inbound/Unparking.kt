package dev.midge.nats.internal.inbound

import java.lang.reflect.Method
import java.util.concurrent.locks.LockSupport

/**
 * Wakes threads that have parked.
 *
 * Many at once are left to a virtual thread where there are such (JDK 21): if they are virtual too, it stands on one of their own carriers, from
 * where to schedule one costs a push; from any other thread it costs a lock, and perhaps a system call. With 10,000 virtual threads that wait
 * for replies that is a tenth of the throughput.
 */
internal object Unparking {
    /** From so many on a virtual thread pays, which costs about a microsecond. */
    private const val MANY = 8

    private val startVirtualThread: Method? = try {
        Thread::class.java.getMethod("startVirtualThread", Runnable::class.java)
    } catch (_: NoSuchMethodException) {
        null
    }

    /** Wakes all of [threads], which the caller may change afterwards. */
    fun all(threads: List<Thread>) {
        if (startVirtualThread == null || threads.size < MANY) {
            threads.forEach(LockSupport::unpark)
        } else {
            val them = threads.toTypedArray()
            startVirtualThread.invoke(null, Runnable { them.forEach(LockSupport::unpark) })
        }
    }
}
