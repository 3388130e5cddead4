package dev.midge.nats.internal.client

import dev.midge.nats.NatsEvent
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.time.Duration.Companion.minutes

/**
 * What becomes of the exceptions of one subscription's handler: an event each, and one line of the log a minute, so that one bad subject does not
 * fill a disk.
 */
internal class HandlerFailures(
    private val supervisor: ConnectionSupervisor,
    private val subscription: Subscription,
    private val nanoTime: () -> Long = System::nanoTime,
) {
    /** Guards the three fields below: handlers may run in several threads. */
    private val lock = ReentrantLock()
    private var hasLogged = false
    private var loggedAt = 0L
    private var unlogged = 0L

    /** The handler threw [cause]; it gets the next message all the same. */
    fun failed(cause: Throwable) {
        val unloggedBefore = lock.withLock { logsNow() }
        if (unloggedBefore == 0L) {
            supervisor.log.error("a handler of '{}' threw", subscription.subject, cause)
        } else if (unloggedBefore > 0) {
            supervisor.log.error(
                "a handler of '{}' threw, and did so {} times since the last such line",
                subscription.subject,
                unloggedBefore,
                cause,
            )
        }
        supervisor.events.tell(NatsEvent.HandlerFailed(subscription.id, subscription.sid, subscription.subject.value, cause))
    }

    /** How many failures no line was written for, or -1 if it is not yet time for one. */
    private fun logsNow(): Long {
        val now = nanoTime()
        if (hasLogged && now - loggedAt < BETWEEN_LINES) {
            unlogged++
            return -1
        }
        hasLogged = true
        loggedAt = now
        return unlogged.also { unlogged = 0 }
    }

    private companion object {
        val BETWEEN_LINES = 1.minutes.inWholeNanoseconds
    }
}
