package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.NotConnectedException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ServerInfo
import dev.midge.nats.Subscription
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.internal.inbound.InboundCounters
import dev.midge.nats.internal.outbound.DiscardedMessage
import dev.midge.nats.internal.outbound.OutboundBuffer
import dev.midge.nats.internal.outbound.OutboundLane
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
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.Logger
import org.slf4j.LoggerFactory
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.time.Duration

/**
 * Owns the state of a connection: every change of [state] happens here, under [lock].
 *
 * Everything that outlives a socket hangs on it: the outbound buffer, the registry of subscriptions, the events and counters. A socket and
 * what belongs to it is a [Session]; the [SessionLoop] makes them.
 */
internal class ConnectionSupervisor(val options: NatsOptions, connector: Connector = TcpConnector) {
    val log: Logger = LoggerFactory.getLogger("dev.midge.nats.connection")
    private val lock = ReentrantLock()
    private val connectCount = AtomicLong()

    /** Completed when the connection is open next, or will not be any more; guarded by [lock]. */
    private var opening = CompletableDeferred<Unit>()

    /** The session in use; written under [lock]. */
    @Volatile
    private var session: Session? = null

    /** Connects and reconnects, in [run]; both written under [lock]. */
    @Volatile
    private var loop: SessionLoop? = null
    private var run: Job? = null

    /** Why the connection was closed, if not on request; guarded by [lock]. */
    private var closeCause: NatsException? = null

    /**
     * Where the connection's own coroutines run. A view of `Dispatchers.IO`, which finds a thread also when users' handlers block all those
     * of `Dispatchers.Default`: PONGs and publishes go out whatever a handler does.
     */
    private val dispatcher = Dispatchers.IO.limitedParallelism(OWN_THREADS)
    val scope = CoroutineScope(SupervisorJob() + dispatcher + CoroutineName("midge"))
    val state = MutableStateFlow(ConnectionState.Idle)
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
    val discards = Discards(events, log).also { outbound.onDiscarded = it::tell }

    /** Completes when everything that belonged to the connection was let go. */
    val released = CompletableDeferred<Unit>()

    /** Called at the end of the connection. Set before the first connect. */
    var onReleased: (NatsException?) -> Unit = {}

    /** Called when the link is lost, with the requests that wait. Set before the first connect. */
    var onRequestsLost: (NatsException) -> Unit = {}

    /** Called by the reader when the server refuses a publish. Set before the first connect. */
    var onPublishRefused: (PermissionViolationException) -> Unit = {}

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
        lock.withLock { opening.takeIf { isOpening } }?.join()
    }

    /** What is to be waited for, or `null` in one of the [enough] states; starts to connect if that was not done before. */
    private fun awaited(vararg enough: ConnectionState): CompletableDeferred<Unit>? = lock.withLock {
        when (val now = state.value) {
            ConnectionState.Draining -> null

            ConnectionState.Closed -> throw closed()

            ConnectionState.Connecting, ConnectionState.Connected, ConnectionState.Reconnecting -> if (now in enough) null else opening

            ConnectionState.Idle -> CompletableDeferred<Unit>().also {
                state.value = ConnectionState.Connecting
                opening = it
                val next = SessionLoop(this, opener, pool)
                loop = next
                run = scope.launch { run(next) }
            }
        }
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

    /** Adds [subscription] to the registry; refused while draining, which would not know of it. */
    fun register(subscription: RegisteredSubscription) {
        lock.withLock {
            checkNotDraining()
            if (state.value == ConnectionState.Closed) throw closed()
            registry.add(subscription)
        }
    }

    fun checkNotDraining() {
        if (state.value == ConnectionState.Draining) throw draining()
    }

    /** The first attempt has failed: the next call tries again. */
    fun connectFailed(cause: NatsException) {
        val failed = lock.withLock {
            if (state.value == ConnectionState.Connecting) state.value = ConnectionState.Idle
            opening
        }
        failed.completeExceptionally(cause)
    }

    /** Makes [next] the session in use and takes frames for it; `false` if the connection is not wanted any more. */
    fun opened(next: Session): Boolean {
        val first = connects == 0L
        val completed = lock.withLock {
            if (!isOpening) return false
            connectCount.incrementAndGet()
            server.update(next.info)
            use(next, outbound.link(server.limits, next.resubscription::changes))
            state.value = ConnectionState.Connected
            opening
        }
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
    fun moved(old: Session, next: Session): CompletableDeferred<Unit>? = lock.withLock {
        if (state.value != ConnectionState.Connected || session !== old) return null
        old.pingAtOnce {
            server.update(next.info)
            use(next, outbound.handOver(next.resubscription.leaving(), server.limits, next.resubscription::changes))
            connectCount.incrementAndGet()
            true
        }.takeIf { session === next }
    }

    private fun use(next: Session, lane: OutboundLane) {
        next.lane = lane
        session = next
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
        onRequestsLost(cause)
        registry.all().forEach { it.onLinkLost(cause) }
    }

    private fun ready(epoch: Long): Unit = registry.all().forEach { it.onLinkReady(epoch) }

    /** The connection has moved to [next]. */
    fun reconnected(next: Session) {
        log.info("moved to {}", next.link.server)
        tellUnlessClosed(reconnectedEvent(next))
        ready(connects)
    }

    /** Under the lock: nothing follows Closed. */
    private fun tellUnlessClosed(event: NatsEvent) = lock.withLock { if (state.value != ConnectionState.Closed) events.tell(event) }

    private fun reconnectedEvent(next: Session) = NatsEvent.Reconnected(next.link.server.url, next.info)

    /** A server says something of itself, in the handshake or later. */
    fun onServerInfo(from: Session, info: ServerInfo) {
        lock.withLock {
            from.info = info
            if (session === from) {
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
        val again = lock.withLock {
            session = null
            if (state.value == ConnectionState.Closed) return false
            val reconnects = state.value == ConnectionState.Connected && options.reconnect.maxReconnects != 0
            if (reconnects) {
                opening = CompletableDeferred()
                state.value = ConnectionState.Reconnecting
                // Together: a frame that is appended later would not know that there is no link.
                discarded = outbound.unlink(checkNotNull(lost.lane), options.reconnect.bufferedBytes, cause)
            }
            reconnects
        }
        log.warn("lost {}: {}", lost.link.server, cause.message)
        events.tell(NatsEvent.Disconnected(lost.link.server.url, cause))
        discarded.forEach(discards::tell)
        if (again) lost(cause) else end(cause)
        return again
    }

    /** The connection ends for good, because of [cause]; nothing happens if it has ended before. */
    fun end(cause: NatsException) {
        val failed = lock.withLock {
            if (state.value == ConnectionState.Closed) return
            closeCause = cause
            state.value = ConnectionState.Closed
            opening
        }
        log.warn("closed: {}", cause.message)
        release(cause)
        failed.completeExceptionally(closed())
    }

    /** Leaves the server in use for another one, or the same; if none is in use, does not wait any longer before the next attempt. */
    suspend fun reconnect() {
        when (state.value) {
            ConnectionState.Draining -> throw draining()

            ConnectionState.Connected -> session?.let { used -> offReader { loop?.move(used)?.await() } } ?: awaitConnected()

            else -> {
                opener.hurry()
                awaitConnected()
            }
        }
    }

    /** The session in use, if there is one. */
    val inUse: Session? get() = session

    val isConnected: Boolean get() = state.value == ConnectionState.Connected

    /** Whether an attempt to connect is under way. */
    val isOpening: Boolean get() = state.value == ConnectionState.Connecting || state.value == ConnectionState.Reconnecting

    /** Whether this call began to drain; otherwise the connection was not open. */
    fun startDraining(): Boolean = lock.withLock {
        if (state.value != ConnectionState.Connected) return false
        state.value = ConnectionState.Draining
        true
    }

    /**
     * Stops accepting frames, has the server confirm all that was accepted, and closes the socket; gives up confirming after
     * [confirmWithin], or, if that is `null`, when nothing goes on for as long as the options say. Idempotent; every caller returns when the
     * socket is closed, and none of them ends the closing by being cancelled.
     */
    suspend fun close(confirmWithin: Duration? = null) {
        val before = lock.withLock {
            // Together: a frame that is accepted later would miss the PING below.
            outbound.accepting = false
            state.value.also { state.value = ConnectionState.Closed }
        }
        if (before != ConnectionState.Closed) scope.launch { closeFrom(before, confirmWithin) }
        offReader { released.join() }
    }

    private suspend fun closeFrom(before: ConnectionState, confirmWithin: Duration?) {
        val (interrupted, running) = lock.withLock { opening to run }
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
        onReleased(cause)
        events.tell(NatsEvent.Closed(cause))
        released.complete(Unit)
    }

    /** Throws the loss that ended the connection, if it was one. */
    fun checkNotLost() {
        lock.withLock { closeCause }?.let { throw it }
    }

    /** What a call is told after the end. */
    fun closed(): ConnectionClosedException = lock.withLock { ConnectionClosedException("the connection is closed", closeCause) }

    fun notConnected(): NotConnectedException =
        NotConnectedException("the connection is lost and not back yet; the options do not let publishers wait longer")

    private fun draining() = ConnectionDrainingException("the connection is draining; it takes nothing new")

    private companion object {
        /** The writer, and everything that happens rarely. */
        const val OWN_THREADS = 2
    }
}
