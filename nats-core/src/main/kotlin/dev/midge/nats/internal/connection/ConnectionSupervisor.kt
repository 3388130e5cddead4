package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.NotConnectedException
import dev.midge.nats.ServerInfo
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.internal.inbound.InboundCounters
import dev.midge.nats.internal.outbound.DiscardedMessage
import dev.midge.nats.internal.outbound.OutboundBuffer
import dev.midge.nats.internal.transport.Connector
import dev.midge.nats.internal.transport.TcpConnector
import dev.midge.nats.internal.transport.WireLog
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.Logger
import org.slf4j.LoggerFactory
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantLock
import kotlin.time.Duration

/**
 * What of a connection outlives a socket: the outbound buffer, the registry of subscriptions, the events and counters. It does, and tells, what
 * goes with each step of [ConnectionStates]. A socket and what belongs to it is a [Session]; the [SessionLoop] makes them.
 *
 * @param listenerOf makes what is told of what concerns requests.
 */
internal class ConnectionSupervisor(
    val options: NatsOptions,
    connector: Connector = TcpConnector(options.ownReaderThread),
    listenerOf: (ConnectionSupervisor) -> ConnectionListener = { ConnectionListener.None },
) {
    val log: Logger = LoggerFactory.getLogger("dev.midge.nats.connection")
    private val states = ConnectionStates<Session>()
    private val connectCount = AtomicLong()

    /** Connects and reconnects, in [run]; both written with the step to Connecting. */
    @Volatile
    private var loop: SessionLoop? = null
    private var run: Job? = null

    /**
     * Where the connection's own coroutines run. A view of `Dispatchers.IO`, which finds a thread also when users' handlers block all those
     * of `Dispatchers.Default`: PONGs and publishes go out whatever a handler does.
     */
    private val dispatcher = Dispatchers.IO.limitedParallelism(OWN_THREADS)
    val scope = CoroutineScope(SupervisorJob() + dispatcher + CoroutineName("midge"))
    val state: StateFlow<ConnectionState> = states.state
    val server = ServerFacts()
    val outbound = OutboundBuffer(options.buffers.outbound, dispatcher)
    val registry = SubscriptionRegistry()
    val events = EventBus()
    val suspects = SubscriptionSuspects(registry)
    val inbound = InboundCounters()
    val wireLog = WireLog(LoggerFactory.getLogger("dev.midge.nats.wire"))

    /** See [dev.midge.nats.internal.inbound.ReaderLoop]. */
    val delivery = ReentrantLock()
    private val pool = ServerPool(options, log)
    private val opener = LinkOpener(options, pool, connector, events, log)

    /** Tells who is concerned that a message was taken out of what waits for the network. */
    val discards = Discards(events, log, ::discarded).also { outbound.onDiscarded = it::tell }

    /** Completes when everything that belonged to the connection was let go. */
    val released = CompletableDeferred<Unit>()

    /** Last: it is made of what stands above. */
    val listener: ConnectionListener = listenerOf(this)

    val connects: Long get() = connectCount.get()

    /**
     * Returns once messages may be appended to [outbound], connecting if need be. Concurrent callers share one attempt, and none of them ends
     * it by being cancelled.
     *
     * @throws NotConnectedException if the connection was lost and the options do not let publishers wait for the next.
     */
    suspend fun awaitPublishable() {
        if (outbound.accepting) return
        val coming = awaited(ConnectionState.Connected) ?: return
        if (state.value != ConnectionState.Reconnecting) return offReader { coming.await() }
        when (val policy = options.reconnect.whileDisconnected) {
            is WhileDisconnected.Buffer -> Unit

            is WhileDisconnected.Fail -> throw notConnected()

            is WhileDisconnected.Suspend ->
                withTimeoutOrNull(policy.timeout) { offReader { coming.await() } } ?: throw notConnected()
        }
    }

    /** Returns once subscriptions may be registered: also while reconnecting, the next server is told of them. Connects if need be. */
    suspend fun awaitSubscribable() {
        awaited(ConnectionState.Connected, ConnectionState.Reconnecting)?.let { offReader { it.await() } }
    }

    /** Returns once the connection to a server is open, connecting if need be. */
    suspend fun awaitConnected() {
        awaited(ConnectionState.Connected)?.let { offReader { it.await() } }
    }

    /** Returns once no attempt to connect is under way, however it ended: calls that wait for it have been accepted. */
    suspend fun awaitAttempt() {
        states.attempt()?.join()
    }

    private fun awaited(vararg enough: ConnectionState): CompletableDeferred<Unit>? = states.awaited(enough.asList()) {
        val next = SessionLoop(this, opener, pool)
        loop = next
        run = scope.launch { run(next) }
    }

    private suspend fun run(loop: SessionLoop) {
        try {
            loop.run()
        } catch (e: Throwable) {
            currentCoroutineContext().ensureActive()
            log.error("the connection has failed", e)
            end(ConnectionLostException("the connection has failed: $e", e))
        }
    }

    private fun discarded(message: DiscardedMessage): Unit = listener.onDiscarded(message)

    /** Adds [subscription] to the registry; refused while draining, which would not know of it. */
    fun register(subscription: RegisteredSubscription): Unit = states.whileOpen { registry.add(subscription) }

    fun checkNotDraining(): Unit = states.checkNotDraining()

    /** The first attempt has failed: the next call tries again. */
    fun connectFailed(cause: NatsException) {
        states.connectFailed().completeExceptionally(cause)
    }

    /** Makes [next] the session in use and takes frames for it; `false` if the connection is not wanted any more. */
    fun opened(next: Session): Boolean {
        val first = connects == 0L
        val completed = states.opened {
            connectCount.incrementAndGet()
            server.update(next.info)
            next.also { it.lane = outbound.link(server.limits, it.resubscription::changes) }
        } ?: return false
        log.info("connected to {} ({} {})", next.link.server, next.link.info.serverName, next.link.info.version)
        events.tell(if (first) NatsEvent.Connected(next.link.server.url, next.info) else reconnectedEvent(next))
        ready(connects)
        completed.complete(Unit)
        return true
    }

    /**
     * Makes [next] the session in use instead of [old], whose server is asked to deliver nothing more. Returns what completes when it has
     * confirmed that and everything else it was sent; `null` if [old] is not in use any more.
     */
    fun moved(old: Session, next: Session): CompletableDeferred<Unit>? = states.moved(old) { use ->
        old.pingAtOnce {
            server.update(next.info)
            next.lane = outbound.handOver(next.resubscription.leaving(), server.limits, next.resubscription::changes)
            use(next)
            connectCount.incrementAndGet()
            true
        }.takeIf { inUse === next }
    }

    /** While the connection moved, [old] was lost with what it had not confirmed. */
    fun lostInMove(old: Session, cause: NatsException) {
        log.warn("lost {} while moving: {}", old.link.server, cause.message)
        tellUnlessClosed(NatsEvent.Disconnected(old.link.server.url, cause))
        lost(cause)
    }

    /** Nothing will come any more of what was under way. */
    private fun lost(cause: NatsException) {
        // First: what sinks send when they are told waits for the next link.
        listener.onRequestsLost(cause)
        registry.all().forEach { it.onLinkLost(cause) }
    }

    private fun ready(epoch: Long): Unit = registry.all().forEach { it.onLinkReady(epoch) }

    /** The connection has moved to [next]. */
    fun reconnected(next: Session) {
        log.info("moved to {}", next.link.server)
        tellUnlessClosed(reconnectedEvent(next))
        ready(connects)
    }

    /** Nothing follows Closed. */
    private fun tellUnlessClosed(event: NatsEvent): Unit = states.unlessClosed { events.tell(event) }

    private fun reconnectedEvent(next: Session) = NatsEvent.Reconnected(next.link.server.url, next.info)

    /** A server says something of itself, in the handshake or later. */
    fun onServerInfo(from: Session, info: ServerInfo) {
        states.locked {
            from.info = info
            if (inUse === from) {
                server.update(info)
                outbound.limitTo(server.limits)
            }
        }
        val isProven = if (info === from.link.info) from.link.isInfoProven else from.link.isVerified
        val discovered = pool.discover(info.connectUrls, from.link.server, isProven)
        if (discovered.isNotEmpty()) events.tell(NatsEvent.DiscoveredServers(discovered))
    }

    fun onLameDuck(from: Session) {
        log.warn("{} is about to shut down", from.link.server)
        events.tell(NatsEvent.LameDuck(from.link.server.url))
        loop?.leave(from)
    }

    /** The link of [lost] is gone. Returns whether another one is wanted. */
    fun interrupted(lost: Session, cause: NatsException): Boolean {
        var discarded = emptyList<DiscardedMessage>()
        val again = states.interrupted(reconnects = options.reconnect.maxReconnects != 0) {
            // Together: a frame that is appended later would not know that there is no link.
            discarded = outbound.unlink(checkNotNull(lost.lane), options.reconnect.bufferedBytes, cause)
        } ?: return false
        log.warn("lost {}: {}", lost.link.server, cause.message)
        events.tell(NatsEvent.Disconnected(lost.link.server.url, cause))
        discarded.forEach(discards::tell)
        if (again) lost(cause) else end(cause)
        return again
    }

    /** The connection ends for good, because of [cause]; nothing happens if it has ended before. */
    fun end(cause: NatsException) {
        val failed = states.end(cause) ?: return
        log.warn("closed: {}", cause.message)
        release(cause)
        failed.completeExceptionally(closed())
    }

    /** Leaves the server in use for another one, or the same; if none is in use, does not wait any longer before the next attempt. */
    suspend fun reconnect() {
        when (state.value) {
            ConnectionState.Draining -> throw states.draining()

            ConnectionState.Connected -> inUse?.let { used -> offReader { loop?.move(used)?.await() } } ?: awaitConnected()

            else -> {
                opener.hurry()
                awaitConnected()
            }
        }
    }

    /** The session in use, if there is one. */
    val inUse: Session? get() = states.inUse

    val isConnected: Boolean get() = states.isConnected

    /** Whether an attempt to connect is under way. */
    val isOpening: Boolean get() = states.isOpening

    /** Whether this call began to drain; otherwise the connection was not open. */
    fun startDraining(): Boolean = states.startDraining()

    /**
     * Stops accepting frames, has the server confirm all that was accepted, and closes the socket; gives up confirming after
     * [confirmWithin], or, if that is `null`, when nothing goes on for as long as the options say. Idempotent; every caller returns when the
     * socket is closed, and none of them ends the closing by being cancelled.
     */
    suspend fun close(confirmWithin: Duration? = null) {
        // Together: a frame that is accepted later would miss the PING below.
        val (before, opening) = states.close { outbound.accepting = false }
        if (before != ConnectionState.Closed) scope.launch { closeFrom(before, opening, confirmWithin) }
        offReader { released.join() }
    }

    private suspend fun closeFrom(before: ConnectionState, interrupted: CompletableDeferred<Unit>, confirmWithin: Duration?) {
        val running = states.locked { run }
        // Without unread bytes and unconfirmed frames: closing such a socket resets it, and the server might lose what it has not read yet.
        if (before == ConnectionState.Connected || before == ConnectionState.Draining) confirmSent(confirmWithin)
        interrupted.completeExceptionally(closed())
        running?.cancelAndJoin()
        log.info("closed")
        release(null)
    }

    private fun release(cause: NatsException?) {
        outbound.close()
        outbound.abandon(closed())
        registry.close(cause)
        listener.onReleased(cause)
        events.tell(NatsEvent.Closed(cause))
        released.complete(Unit)
    }

    /** Throws the loss that ended the connection, if it was one. */
    fun checkNotLost(): Unit = states.checkNotLost()

    /** What a call is told after the end. */
    fun closed(): ConnectionClosedException = states.closed()

    fun notConnected(): NotConnectedException =
        NotConnectedException("the connection is lost and not back yet; the options do not let publishers wait longer")

    private companion object {
        /** The writer, and everything that happens rarely. */
        const val OWN_THREADS = 2
    }
}
