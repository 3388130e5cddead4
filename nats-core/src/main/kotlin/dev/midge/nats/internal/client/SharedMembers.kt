package dev.midge.nats.internal.client

import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** The part that one [subscription] has in a shared interest. */
internal abstract class SharedMember {
    abstract val subscription: CoreSubscription

    /** Whether it wants nothing more, but is there until what is under way has come; guarded by the lock of its [SharedMembers]. */
    var isStopping = false
}

/**
 * Who shares one interest, and whether others may still join.
 *
 * INVARIANTS (guarded by [lock])
 * - [all] holds whoever gets the messages; the array itself is never written to.
 * - Nobody joins once it [isClosed]. It is closed in the very step that finds nobody left, or nobody who wants more: whoever joined in
 *   between would wait for messages that the server is told not to send.
 *
 * Tested by `SharedMembersLincheckSpec`.
 *
 * @param onClosed called once, when nobody can join any more; without the lock.
 */
internal class SharedMembers(private val onClosed: () -> Unit) {
    private val lock = ReentrantLock()
    private var isClosed = false

    @Volatile
    var all: Array<SharedMember> = emptyArray()
        private set

    /** Whether nobody can join any more. */
    val hasEnded: Boolean
        get() = lock.withLock { isClosed }

    /** Whether [member] is one now. */
    fun join(member: SharedMember): Boolean = lock.withLock {
        if (!isClosed) all += member
        !isClosed
    }

    /** Whether nobody is left when [member] has gone; `false` if it had gone before. */
    fun leave(member: SharedMember): Boolean {
        var isLast = false
        closingIf {
            if (member in all) {
                all = all.filter { it !== member }.toTypedArray()
                isLast = all.isEmpty()
            }
            isLast
        }
        return isLast
    }

    /** Whether with [member] the last one wants nothing more. */
    fun stop(member: SharedMember): Boolean = closingIf {
        member.isStopping = true
        all.all { it.isStopping }
    }

    /** Whether it is this call that closes. */
    fun close(): Boolean = closingIf { true }

    private inline fun closingIf(isEnd: () -> Boolean): Boolean {
        val closesNow = lock.withLock {
            val closes = isEnd() && !isClosed
            if (closes) isClosed = true
            closes
        }
        if (closesNow) onClosed()
        return closesNow
    }
}
