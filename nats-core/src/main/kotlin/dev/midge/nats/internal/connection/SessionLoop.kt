package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration.Companion.milliseconds

/**
 * The life of a connection, one session after the other: connect, stay connected, move elsewhere without a gap when the server asks for it,
 * reconnect after a loss. Runs in one coroutine; tells the [supervisor], which owns the state, what has happened.
 */
internal class SessionLoop(private val supervisor: ConnectionSupervisor, private val opener: LinkOpener, private val pool: ServerPool) {
    private class Move(val from: Session?, val done: CompletableDeferred<Unit>?)

    private val options = supervisor.options
    private val moves = Channel<Move>(Channel.UNLIMITED)

    /** Sessions whose link is open. */
    private val open = LinkedHashSet<Session>()

    /** Who asked to move and waits for the next session instead. */
    private val movers = ArrayList<CompletableDeferred<Unit>>()

    /** Returns when the connection has ended for good, or when the first attempt to connect has failed. When cancelled, all links are closed. */
    suspend fun run() {
        try {
            var session = connect() ?: return
            while (true) {
                val lost = stayConnected(session)
                val cause = lost.ended.await()
                stop(lost)
                session = reconnect(lost, cause) ?: return
            }
        } finally {
            withContext(NonCancellable) { open.toList().forEach { stop(it) } }
            moves.close()
            generateSequence { moves.tryReceive().getOrNull() }.forEach { it.done?.let(movers::add) }
            movers.forEach { it.completeExceptionally(supervisor.closed()) }
        }
    }

    /** The server of [session] is about to shut down. */
    fun leave(session: Session) {
        moves.trySend(Move(session, null))
    }

    /** Moves to another server, or to the same one if there is none; what is returned completes when the connection is there. */
    fun move(): CompletableDeferred<Unit> {
        val done = CompletableDeferred<Unit>()
        if (moves.trySend(Move(null, done)).isFailure) done.completeExceptionally(supervisor.closed())
        return done
    }

    private suspend fun connect(): Session? = try {
        val session = if (options.reconnect.retryFirstConnect) opener.untilOpen(::establish) else opener.onceEach(::establish)
        begin(session)
    } catch (e: NatsException) {
        supervisor.connectFailed(e)
        null
    }

    private suspend fun reconnect(lost: Session, cause: NatsException): Session? {
        pool.lost(lost.link.server, cause, lost.link.isTls)
        if (!supervisor.interrupted(lost, cause)) return null
        return try {
            begin(opener.untilOpen(::establish))
        } catch (e: NatsException) {
            supervisor.end(e)
            null
        }
    }

    /** Makes [session] the one in use; `null` if the connection is not wanted any more. */
    private fun begin(session: Session): Session? {
        if (!supervisor.opened(session)) return null
        session.startWriting()
        movers.forEach { it.complete(Unit) }
        movers.clear()
        return session
    }

    /** A session that reads, and whose server knows all subscriptions. */
    private suspend fun establish(link: Link): Session {
        val session = Session(link, supervisor)
        open += session
        var established = false
        try {
            supervisor.onServerInfo(session, link.info)
            session.startReading()
            session.subscribe()
            established = true
        } finally {
            if (!established) stop(session)
        }
        return session
    }

    private suspend fun stop(session: Session) {
        session.stop()
        open -= session
    }

    /** Returns the session that has broken, which may be another one than [first]. */
    private suspend fun stayConnected(first: Session): Session {
        var session = first
        while (true) {
            val move = select<Move?> {
                session.ended.onAwait { null }
                moves.onReceive { it }
            } ?: return session
            // Said by a server that has been left already.
            if (move.from != null && move.from !== session) continue
            session = moveFrom(session, move)
        }
    }

    private suspend fun moveFrom(session: Session, move: Move): Session {
        val asked = move.done != null
        while (!session.ended.isCompleted && supervisor.state.value == ConnectionState.Connected) {
            val next = opener.elsewhere(session.link.server, asked, ::establish)
            if (next != null && handOver(session, next)) {
                move.done?.complete(Unit)
                return next
            }
            if (asked) {
                // No link is better than this one: whoever asks knows more about it, and the usual way to reconnect follows.
                session.end(ConnectionLostException("reconnecting on request"))
            } else {
                withTimeoutOrNull(options.reconnect.wait.coerceAtLeast(SHORTEST_WAIT)) { session.ended.await() }
            }
        }
        move.done?.let(movers::add)
        return session
    }

    /**
     * Both servers know the subscriptions. Everything published so far still goes to the old one, which is then asked to deliver nothing more;
     * when it has confirmed all that, publishing goes on with the new one. `false` if the old link has broken before that began.
     */
    private suspend fun handOver(old: Session, next: Session): Boolean {
        // The other servers of the cluster learn of the new subscriptions a little later than the client.
        withTimeoutOrNull(OVERLAP) { old.ended.await() }
        val confirmed = supervisor.moved(old, next)
        if (confirmed == null) {
            stop(next)
            return false
        }
        withTimeoutOrNull(options.timeouts.close) { confirmed.join() }
        pool.lost(old.link.server, null, old.link.isTls)
        stop(old)
        supervisor.outbound.salvage(checkNotNull(old.lane), checkNotNull(next.lane))
        next.startWriting()
        supervisor.reconnected(next)
        return true
    }

    private companion object {
        /** How long both servers deliver, at least: enough for news to cross a cluster, short for those who get messages from both. */
        val OVERLAP = 100.milliseconds
        val SHORTEST_WAIT = 10.milliseconds
    }
}
