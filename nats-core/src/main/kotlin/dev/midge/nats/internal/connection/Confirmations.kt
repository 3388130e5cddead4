package dev.midge.nats.internal.connection

import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import kotlin.time.Duration

/** Sends a PING after everything appended so far and returns when its PONG has come; throws the loss of the connection. */
internal suspend fun ConnectionSupervisor.roundTrip() {
    while (true) {
        awaitConnected()
        inUse?.ping()?.let { return it.await() }
        // Another session has just taken over, or is about to.
        yield()
    }
}

/** As [roundTrip]; `false` if nothing has gone on for [limit]. */
internal suspend fun ConnectionSupervisor.roundTripWhileProgressing(limit: Duration): Boolean {
    while (true) {
        withTimeoutOrNull(limit) { awaitConnected() } ?: return false
        val session = inUse
        val pong = session?.ping()
        if (pong != null) return session.awaitPong(pong, limit).also { if (it) pong.await() }
        yield()
    }
}

/**
 * Has the server in use confirm everything that was accepted; nothing more is. Gives up [within] a time, or, if that is `null`, when nothing has
 * gone on for as long as the options say.
 */
internal suspend fun ConnectionSupervisor.confirmSent(within: Duration?) {
    val session = inUse
    val pong = session?.ping()
    outbound.close()
    when {
        pong == null -> Unit
        within == null -> session.awaitPong(pong, options.timeouts.close)
        else -> withTimeoutOrNull(within) { pong.join() }
    }
}

/** Returns once it is known which subscriptions the server has refused of those that it has answered for. */
internal suspend fun ConnectionSupervisor.awaitRefused() {
    inUse?.refusals?.let { offReader { it.awaitSettled() } }
}
