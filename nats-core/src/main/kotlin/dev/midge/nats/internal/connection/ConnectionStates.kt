package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.MutableStateFlow
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Where a connection is in its life, and which session [S] is in use: the transitions alone, each one step under [lock].
 *
 * Idle → Connecting → Connected ⇄ Reconnecting → (Draining →) Closed. A first attempt that fails returns to Idle.
 *
 * What is passed to a transition runs under the lock, together with it; it takes only locks below, see "Locks" in ARCHITECTURE.
 *
 * INVARIANTS (guarded by [lock])
 * - Nothing follows Closed.
 * - [opening] is new when an attempt begins. Who ends the attempt gets it, once, and completes it without the lock.
 *
 * Tested by `ConnectionStatesSpec` and `ConnectionStatesLincheckSpec`.
 */
internal class ConnectionStates<S : Any> {
    private val lock = ReentrantLock()
    val state = MutableStateFlow(ConnectionState.Idle)

    /** Completed when the connection is open next, or will not be any more. */
    private var opening = CompletableDeferred<Unit>()

    /** Why the connection was closed, if not on request. */
    private var closeCause: NatsException? = null

    /** The session in use, if there is one; written under [lock]. */
    @Volatile
    var inUse: S? = null
        private set

    val isConnected: Boolean get() = state.value == ConnectionState.Connected

    /** Whether an attempt to connect is under way. */
    val isOpening: Boolean get() = state.value == ConnectionState.Connecting || state.value == ConnectionState.Reconnecting

    /** Runs [action] between two transitions. */
    fun <R> locked(action: () -> R): R = lock.withLock(action)

    /** What to wait for, or `null` in one of the [enough] states. An idle connection has [begin] start an attempt. */
    fun awaited(enough: List<ConnectionState>, begin: () -> Unit): CompletableDeferred<Unit>? = lock.withLock {
        when (val now = state.value) {
            ConnectionState.Draining -> null

            ConnectionState.Closed -> throw closed()

            ConnectionState.Connecting, ConnectionState.Connected, ConnectionState.Reconnecting -> if (now in enough) null else opening

            ConnectionState.Idle -> CompletableDeferred<Unit>().also {
                state.value = ConnectionState.Connecting
                opening = it
                begin()
            }
        }
    }

    /** What completes at the end of the attempt that is under way, if one is. */
    fun attempt(): CompletableDeferred<Unit>? = lock.withLock { opening.takeIf { isOpening } }

    /** The first attempt has failed. */
    fun connectFailed(): CompletableDeferred<Unit> = lock.withLock {
        if (state.value == ConnectionState.Connecting) state.value = ConnectionState.Idle
        opening
    }

    /** The session that [use] returns is in use; `null` if the connection is not wanted any more. */
    fun opened(use: () -> S): CompletableDeferred<Unit>? = lock.withLock {
        if (!isOpening) return null
        inUse = use()
        state.value = ConnectionState.Connected
        opening
    }

    /** Has [move] put another session in the place of [old], by the function that it is given; `null` if [old] is not in use any more. */
    fun <R> moved(old: S, move: (use: (S) -> Unit) -> R?): R? = lock.withLock {
        if (state.value != ConnectionState.Connected || inUse !== old) return null
        move { inUse = it }
    }

    /** The link is gone. Whether another one is wanted, with [unlink] done before anybody sees that; `null` after the end. */
    fun interrupted(reconnects: Boolean, unlink: () -> Unit): Boolean? = lock.withLock {
        inUse = null
        if (state.value == ConnectionState.Closed) return null
        val again = reconnects && isConnected
        if (again) {
            opening = CompletableDeferred()
            unlink()
            state.value = ConnectionState.Reconnecting
        }
        again
    }

    /** Whether this call began to drain; otherwise the connection was not open. */
    fun startDraining(): Boolean = lock.withLock {
        if (!isConnected) return false
        state.value = ConnectionState.Draining
        true
    }

    /** The end because of [cause]; `null` if there was one before. */
    fun end(cause: NatsException): CompletableDeferred<Unit>? = lock.withLock {
        if (state.value == ConnectionState.Closed) return null
        closeCause = cause
        state.value = ConnectionState.Closed
        opening
    }

    /** The end on request, together with [stopAccepting]. Returns what the state was, and what completes for those that wait for an attempt. */
    fun close(stopAccepting: () -> Unit): Pair<ConnectionState, CompletableDeferred<Unit>> = lock.withLock {
        stopAccepting()
        val before = state.value
        state.value = ConnectionState.Closed
        before to opening
    }

    /** Runs [action] unless the connection is draining or has ended, and before it does. */
    fun whileOpen(action: () -> Unit): Unit = lock.withLock {
        checkNotDraining()
        if (state.value == ConnectionState.Closed) throw closed()
        action()
    }

    /** Runs [action] unless the connection has ended, and before it does. */
    fun unlessClosed(action: () -> Unit): Unit = lock.withLock { if (state.value != ConnectionState.Closed) action() }

    fun checkNotDraining() {
        if (state.value == ConnectionState.Draining) throw draining()
    }

    /** Throws the loss that ended the connection, if it was one. */
    fun checkNotLost() {
        lock.withLock { closeCause }?.let { throw it }
    }

    /** What a call is told after the end. */
    fun closed(): ConnectionClosedException = lock.withLock { ConnectionClosedException("the connection is closed", closeCause) }

    fun draining(): ConnectionDrainingException = ConnectionDrainingException("the connection is draining; it takes nothing new")
}
