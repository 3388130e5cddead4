package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * The life of a connection, one session after the other: connect, stay connected, move elsewhere without a gap when the server asks for it,
 * reconnect after a loss. Runs in one coroutine; tells the [supervisor], which owns the state, what has happened.
 */
internal class SessionLoop(private val supervisor: ConnectionSupervisor, private val opener: LinkOpener, private val pool: ServerPool) {
    /** To leave [from], if it is still in use; [done] is there if a caller waits for it. */
    private class Move(val from: Session, val done: CompletableDeferred<Unit>?)

    private val options = supervisor.options
    private val moves = Channel<Move>(Channel.UNLIMITED) { it.done?.completeExceptionally(supervisor.closed()) }

    /** Sessions whose link is open. */
    private val open = LinkedHashSet<Session>()

    /** Callers who wait for the next session. */
    private val movers = ArrayList<CompletableDeferred<Unit>>()

    /** Returns when the connection has ended for good, or the first attempt to connect has failed. When cancelled, all links are closed. */
    suspend fun run() {
        try {
            coroutineScope {
                var session = connect()
                while (session != null) session = follow(session)
                coroutineContext.cancelChildren()
            }
        } finally {
            withContext(NonCancellable) { open.toList().forEach { stop(it) } }
            moves.cancel()
            movers.forEach { it.completeExceptionally(supervisor.closed()) }
        }
    }

    /** The server of [session] is about to shut down. */
    fun leave(session: Session) {
        moves.trySend(Move(session, null))
    }

    /** Moves from [session] to another server, or to the same one; what is returned completes when the connection is there. */
    fun move(session: Session): CompletableDeferred<Unit> {
        val done = CompletableDeferred<Unit>()
        if (moves.trySend(Move(session, done)).isFailure) done.completeExceptionally(supervisor.closed())
        return done
    }

    private suspend fun connect(): Session? = try {
        begin(if (options.reconnect.retryFirstConnect) opener.untilOpen(establish = ::establish) else opener.onceEach(::establish))
    } catch (e: NatsException) {
        pool.restore()
        supervisor.connectFailed(e)
        null
    }

    /** Stays with [session] until it has broken or is left; returns the one that follows, or `null` at the end of the connection. */
    private suspend fun CoroutineScope.follow(session: Session): Session? {
        val move = select<Move?> {
            session.ended.onAwait { null }
            moves.onReceive { it }
        }
        if (move == null) return reconnect(session, null)
        if (move.from !== session) {
            // Another session has taken its place already.
            move.done?.complete(Unit)
            return session
        }
        move.done?.let(movers::add)
        return moveOn(session, isAsked = move.done != null)
    }

    private suspend fun CoroutineScope.moveOn(session: Session, isAsked: Boolean): Session? {
        val next = whileAlive(session) { opener.elsewhere(session.link.server, isAsked, ::establish) }
        if (session.ended.isCompleted) return reconnect(session, next)
        if (next != null) return handOver(session, next)
        stay(session)
        return session
    }

    /** There is no other link: who has asked for one is told, and otherwise it is tried again after the usual wait. */
    private suspend fun CoroutineScope.stay(session: Session) {
        if (movers.isNotEmpty()) return keepOrGiveUp(session)
        launch {
            delay(options.reconnect.wait.coerceAtLeast(SHORTEST_WAIT))
            leave(session)
        }
    }

    /** Runs [block] until [session] breaks. What it has made by then is returned, also if it was told to end at that moment. */
    private suspend fun <T> whileAlive(session: Session, block: suspend () -> T): T? = coroutineScope {
        var made: T? = null
        val work = launch { made = block() }
        select {
            work.onJoin {}
            session.ended.onAwait {}
        }
        work.cancelAndJoin()
        made
    }

    /** A caller wants another link and there is none: this one is kept if it works, and otherwise the usual way to reconnect follows. */
    private suspend fun keepOrGiveUp(session: Session) {
        val pong = session.ping()
        if (pong != null && session.awaitPong(pong, options.timeouts.connect) && !session.ended.isCompleted) {
            val failure =
                ConnectFailedException("no other link could be opened; the connection to ${session.link.server} works and is kept", null)
            movers.forEach { it.completeExceptionally(failure) }
            movers.clear()
        } else {
            session.end(ConnectionLostException("${session.link.server} did not answer when another link was asked for"))
        }
    }

    /** Goes on with [prepared] if there is one, or else with the first server that lets the client in. */
    private suspend fun reconnect(lost: Session, prepared: Session?): Session? {
        val cause = lost.ended.await()
        stop(lost)
        opener.forgetHurries()
        if (!supervisor.interrupted(lost, cause)) return null
        // The first link of a connection was asked for by the user, not made up for a loss.
        val wasBrief = supervisor.connects > 1 && lost.age < BRIEF
        pool.lost(lost.link.server, cause, lost.link.isTls, wasBrief)
        if (prepared != null) {
            if (!prepared.ended.isCompleted) return begin(prepared)
            stop(prepared)
        }
        return try {
            begin(opener.untilOpen(cause, ::establish))
        } catch (e: NatsException) {
            supervisor.end(e)
            null
        }
    }

    /** Makes [session] the one in use; `null` if the connection is not wanted any more. */
    private fun begin(session: Session): Session? {
        if (!supervisor.opened(session)) return null
        session.startWriting()
        moved()
        return session
    }

    private fun moved() {
        movers.forEach { it.complete(Unit) }
        movers.clear()
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

    /**
     * Both servers know the subscriptions. Everything published so far still goes to the old one, which is then asked to deliver nothing more;
     * when it has confirmed all that, publishing goes on with the new one.
     */
    private suspend fun CoroutineScope.handOver(old: Session, next: Session): Session? {
        // The other servers of the cluster learn of the new subscriptions a little later than the client.
        withTimeoutOrNull(OVERLAP) {
            select {
                old.ended.onAwait {}
                next.ended.onAwait {}
            }
        }
        if (old.ended.isCompleted) return reconnect(old, next)
        if (next.ended.isCompleted) {
            // The new link was not worth it.
            stop(next)
            pool.failed(next.link.server, next.ended.await(), next.link.isTls)
            stay(old)
            return old
        }
        val confirmed = supervisor.moved(old, next)
        if (confirmed == null) {
            // The old link has broken at this moment, or the connection is being drained or closed over it.
            stop(next)
            if (!old.ended.isCompleted && supervisor.isConnected) leave(old)
            return old
        }
        val loss = lossAtConfirming(old, confirmed)
        stop(old)
        leaveRest(old, next, loss)
        next.startWriting()
        supervisor.reconnected(next)
        moved()
        pool.lost(old.link.server, loss, old.link.isTls)
        return next
    }

    /** What [old] could not take goes to [next]; what it has not read is lost if it did not confirm all, and that is told. */
    private fun leaveRest(old: Session, next: Session, loss: NatsException?) {
        val cause = loss ?: ConnectionLostException("${old.link.server} was left for another server")
        val discarded = supervisor.outbound.salvage(checkNotNull(old.lane), checkNotNull(next.lane), cause)
        if (loss != null) {
            next.failPings(loss)
            supervisor.lostInMove(old, loss)
        }
        discarded.forEach(supervisor.discards::tell)
    }

    /** Why [old] has not confirmed all that it was sent; `null` if it has. */
    private suspend fun lossAtConfirming(old: Session, confirmed: CompletableDeferred<Unit>): NatsException? {
        val limit = options.timeouts.close
        val hasEnded = old.awaitPong(confirmed, limit)
        if (old.ended.isCompleted) return if (hasEnded && !confirmed.isCancelled) null else old.ended.await()
        if (hasEnded) return null
        return ConnectionLostException("${old.link.server} did not confirm within $limit what it was sent, when another server took over")
    }

    private companion object {
        /** How long both servers deliver, at least: enough for news to cross a cluster, short for those who get messages from both. */
        val OVERLAP = 250.milliseconds

        /** A link that breaks sooner was not worth more than one that could not be opened. */
        val BRIEF = 1.seconds
        val SHORTEST_WAIT = 10.milliseconds
    }
}
