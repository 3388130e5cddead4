package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionState
import dev.midge.nats.DrainTimeoutException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Drains a connection: no new deliveries, then everything received is handled, then the requests under way are answered, then everything
 * published is confirmed, then the end.
 *
 * @param replies where the replies to requests arrive: in use to the end, and known to the registry only once a request was sent.
 */
internal class ConnectionDrain(private val supervisor: ConnectionSupervisor, private val replies: RegisteredSubscription) {
    /**
     * Returns when the connection is closed. A call while another drain is under way waits for that one.
     *
     * @param beforeEnd called when nothing is left to handle, within the [timeout]; publishing works until it returns.
     * @throws DrainTimeoutException if that was not done after [timeout]; the connection is closed all the same.
     * @throws dev.midge.nats.ConnectionLostException if the connection was lost meanwhile.
     */
    suspend fun run(timeout: Duration, beforeEnd: suspend () -> Unit = {}) {
        var begun = false
        val done = try {
            withTimeoutOrNull(timeout) {
                // Within: a call that is cancelled on the way to another thread has closed the connection, too.
                offReader {
                    begun = begin()
                    if (begun) drainSubscriptions()
                    beforeEnd()
                }
            }
        } catch (e: CancellationException) {
            withContext(NonCancellable) { supervisor.close(LAST_GRACE) }
            throw e
        }
        if (done != null && !begun) return joinOther()
        // Others may publish to the last moment: unless time is over, what they were promised is confirmed as at every close.
        if (done == null) supervisor.close(LAST_GRACE) else supervisor.close()
        supervisor.checkNotLost()
        if (done == null) throw timedOut(timeout)
    }

    /** Begins as soon as the connection is open; `false` if it will not be. */
    private suspend fun begin(): Boolean {
        while (!supervisor.startDraining()) {
            if (!supervisor.isOpening) return false
            supervisor.awaitAttempt()
        }
        return true
    }

    /** There is nothing to drain, or somebody else does it. */
    private suspend fun joinOther() {
        if (supervisor.state.value == ConnectionState.Draining) offReader { supervisor.released.join() } else supervisor.close()
        supervisor.checkNotLost()
    }

    private fun timedOut(timeout: Duration) =
        DrainTimeoutException("not all that was received and published was done after $timeout; the rest was discarded", timeout)

    private suspend fun drainSubscriptions() {
        val subscriptions = supervisor.registry.all() - replies
        subscriptions.forEach { it.stopDelivery() }
        supervisor.roundTrip()
        coroutineScope { subscriptions.forEach { launch { it.finish() } } }
        replies.finish()
        supervisor.roundTrip()
    }

    private companion object {
        /** Once time is over: enough for a server that is there to confirm what was published. */
        val LAST_GRACE = 50.milliseconds
    }
}
