package dev.midge.nats.internal.connection

import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import kotlin.time.Duration

/** Waits for a server to confirm what it was sent, for as long as that goes on. */
internal object Confirmations {
    /**
     * Sends a PING after everything appended so far and waits for its PONG; `false` if nothing has gone on for [limit]. Throws the loss of the
     * connection.
     */
    suspend fun roundTrip(supervisor: ConnectionSupervisor, limit: Duration): Boolean {
        while (true) {
            withTimeoutOrNull(limit) { supervisor.awaitConnected() } ?: return false
            val session = supervisor.inUse
            val pong = session?.ping()
            if (pong != null) return session.awaitPong(pong, limit).also { if (it) pong.await() }
            // Another session has just taken over, or is about to.
            yield()
        }
    }

    /**
     * Has [session] confirm everything that was accepted; nothing more is. Gives up [within] a time, or, if that is `null`, when nothing has
     * gone on for as long as the options say.
     */
    suspend fun confirmSent(supervisor: ConnectionSupervisor, session: Session?, within: Duration?) {
        val pong = session?.ping()
        supervisor.outbound.close()
        when {
            pong == null -> Unit
            within == null -> session.awaitPong(pong, supervisor.options.timeouts.close)
            else -> withTimeoutOrNull(within) { pong.join() }
        }
    }
}
