package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ServerErrorException
import dev.midge.nats.ServerInfo
import dev.midge.nats.Subscription
import dev.midge.nats.internal.inbound.Dispatcher
import dev.midge.nats.internal.inbound.InboundCounters
import dev.midge.nats.internal.outbound.OutboundBuffer
import dev.midge.nats.internal.protocol.ProtocolEncoder
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
 * what belongs to it is a [Session], run in [scope].
 */
internal class ConnectionSupervisor(val options: NatsOptions, private val connector: Connector = TcpConnector) {
    val log: Logger = LoggerFactory.getLogger("dev.midge.nats.connection")
    private val lock = ReentrantLock()
    private val pool = ServerPool(options.servers, options.noRandomize)
    private val connectCount = AtomicLong()

    /** Completed by the attempt to connect that is under way; guarded by [lock]. */
    private var attempt: CompletableDeferred<Unit>? = null

    /** Runs the attempt, then the session; guarded by [lock]. */
    private var run: Job? = null

    /** Why the connection was closed, if not on request; guarded by [lock]. */
    private var closeCause: NatsException? = null

    /**
     * Where the connection's own coroutines run. A view of `Dispatchers.IO`, which finds a thread also when users' handlers block all those
     * of `Dispatchers.Default`: PONGs and publishes go out whatever a handler does.
     */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO.limitedParallelism(OWN_THREADS) + CoroutineName("midge"))
    val state = MutableStateFlow(ConnectionState.Idle)
    val serverInfo = MutableStateFlow<ServerInfo?>(null)
    val outbound = OutboundBuffer(options.buffers.outbound)
    val registry = SubscriptionRegistry()
    val pongs = PongQueue()
    val events = EventBus()
    val inbound = InboundCounters()
    val wireLog = WireLog(LoggerFactory.getLogger("dev.midge.nats.wire"))

    /** Completes when everything that belonged to the connection was let go. */
    val released = CompletableDeferred<Unit>()

    /** Called at the end of the connection. Set before the first connect. */
    var onReleased: (NatsException?) -> Unit = {}

    /** Called by the reader when the server refuses a publish. Set before the first connect. */
    var onPublishRefused: (PermissionViolationException) -> Unit = {}

    /** The server's limit on payload and headers. */
    @Volatile
    var maxPayload: Long = ServerInfo.DEFAULT_MAX_PAYLOAD
        private set

    /** Whether the server takes headers. */
    @Volatile
    var takesHeaders: Boolean = true
        private set

    val connects: Long
        get() = connectCount.get()

    /**
     * Returns once frames may be appended to [outbound], connecting if need be. Concurrent callers share one attempt, and none of them
     * ends it by being cancelled.
     */
    suspend fun awaitOpen() {
        if (!outbound.accepting) currentAttempt()?.let { offReader { it.await() } }
    }

    /** Returns once no attempt to connect is under way, however it ended: calls that wait for it have been accepted. */
    suspend fun awaitAttempt() {
        lock.withLock { attempt.takeIf { state.value == ConnectionState.Connecting } }?.join()
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

    private fun currentAttempt(): CompletableDeferred<Unit>? = lock.withLock {
        when (state.value) {
            ConnectionState.Connected -> null

            ConnectionState.Draining -> if (outbound.accepting) null else throw draining()

            ConnectionState.Closed -> throw closed()

            ConnectionState.Connecting -> attempt

            ConnectionState.Idle -> CompletableDeferred<Unit>().also { started ->
                state.value = ConnectionState.Connecting
                attempt = started
                run = scope.launch { connectAndRun(started) }
            }
        }
    }

    private suspend fun connectAndRun(started: CompletableDeferred<Unit>) {
        val link = try {
            openAny()
        } catch (e: Throwable) {
            currentCoroutineContext().ensureActive()
            lock.withLock { if (state.value == ConnectionState.Connecting) state.value = ConnectionState.Idle }
            started.completeExceptionally(e as? NatsException ?: ConnectFailedException("connecting failed: $e", e))
            return
        }
        val control = controlOperations(link)
        val session = Session(link, outbound, Dispatcher(registry, control, inbound, wireLog), inbound)
        val cause = session.run { if (opened(link)) started.complete(Unit) }
        lost(link, withReason(cause, control.lastError))
    }

    /** Tries each server once. */
    private suspend fun openAny(): Link {
        val failures = ArrayList<Exception>()
        for (server in pool.attempt()) {
            try {
                return Link.open(server, options, connector)
            } catch (e: Exception) {
                // This attempt's own cancellation passes; one from within, as of a selector that was closed, is a failure like any other.
                currentCoroutineContext().ensureActive()
                failures += e
            }
            log.info("cannot connect to {}: {}", server, failures.last().message)
        }
        throw failure(failures)
    }

    /** The refusal of credentials says more than a server that was not there. */
    private fun failure(failures: List<Exception>): NatsException {
        val authentication = failures.firstNotNullOfOrNull { it as? AuthenticationException }
        val last = failures.last()
        val result = authentication ?: ConnectFailedException("no server of ${options.servers} let the client in: ${last.message}", last)
        failures.forEach { if (it !== result && it !== result.cause) result.addSuppressed(it) }
        return result
    }

    /** Whether the connection was still wanted. */
    private fun opened(link: Link): Boolean {
        update(link.info)
        lock.withLock {
            if (state.value != ConnectionState.Connecting) return false
            connectCount.incrementAndGet()
            outbound.accepting = true
            state.value = ConnectionState.Connected
        }
        log.info("connected to {} ({} {})", link.server, link.info.serverName, link.info.version)
        events.tell(NatsEvent.Connected(link.server.url, link.info))
        return true
    }

    private fun update(info: ServerInfo) {
        maxPayload = info.maxPayload
        takesHeaders = info.headers
        serverInfo.value = info
    }

    private fun controlOperations(link: Link) =
        ControlOperations(link.server, outbound, pongs, registry, events, log, ::update) { onPublishRefused(it) }

    /** A server says why it is about to close the connection. */
    private fun withReason(cause: NatsException, lastError: String?): NatsException =
        if (lastError == null || cause !is ConnectionLostException) {
            cause
        } else {
            ConnectionLostException("${cause.message}; the server's last error: $lastError", ServerErrorException(lastError))
        }

    private fun lost(link: Link, cause: NatsException) {
        val closing = lock.withLock {
            val wasClosed = state.value == ConnectionState.Closed
            if (!wasClosed) {
                closeCause = cause
                state.value = ConnectionState.Closed
            }
            wasClosed
        }
        // The closing need not wait any longer for a server that is gone.
        if (closing) return pongs.fail(cause)
        log.warn("lost {}: {}", link.server, cause.message)
        events.tell(NatsEvent.Disconnected(link.server.url, cause))
        release(cause)
    }

    /** Whether this call began to drain; otherwise the connection was not open. */
    fun startDraining(): Boolean = lock.withLock {
        if (state.value != ConnectionState.Connected) return false
        state.value = ConnectionState.Draining
        true
    }

    /**
     * Stops accepting frames, has the server confirm all that was accepted, and closes the socket; gives up confirming after
     * [confirmWithin]. Idempotent; every caller returns when the socket is closed, and none of them ends the closing by being cancelled.
     */
    suspend fun close(confirmWithin: Duration = options.timeouts.close) {
        val before = lock.withLock {
            // Together: a frame that is accepted later would miss the PING below.
            outbound.accepting = false
            state.value.also { state.value = ConnectionState.Closed }
        }
        if (before != ConnectionState.Closed) scope.launch { closeFrom(before, confirmWithin) }
        offReader { released.join() }
    }

    private suspend fun closeFrom(before: ConnectionState, confirmWithin: Duration) {
        val (interrupted, running) = lock.withLock { attempt to run }
        // Without unread bytes and unconfirmed frames: closing such a socket resets it, and the server might lose what it has not read yet.
        if (before == ConnectionState.Connected || before == ConnectionState.Draining) confirmSent(confirmWithin)
        interrupted?.completeExceptionally(closed())
        running?.cancelAndJoin()
        log.info("closed")
        release(null)
    }

    /** Sends a PING after everything appended so far and returns when its PONG has come; throws the loss of the connection. */
    suspend fun roundTrip() {
        sendPing().await()
    }

    private fun sendPing() = pongs.ping { outbound.appendControl(ProtocolEncoder.PING_SIZE, ProtocolEncoder::ping) }

    private suspend fun confirmSent(within: Duration) {
        val pong = sendPing()
        outbound.close()
        withTimeoutOrNull(within) { pong.join() }
    }

    private fun release(cause: NatsException?) {
        outbound.close()
        pongs.fail(cause ?: closed())
        registry.close(cause)
        onReleased(cause)
        events.tell(NatsEvent.Closed(cause))
        released.complete(Unit)
    }

    /** A user's handler threw; it gets the next message all the same. */
    fun handlerFailed(subscription: Subscription, cause: Throwable) {
        log.error("a handler of '{}' threw", subscription.subject, cause)
        events.tell(NatsEvent.HandlerFailed(subscription.sid, subscription.subject.value, cause))
    }

    /** Throws the loss that ended the connection, if it was one. */
    fun checkNotLost() {
        lock.withLock { closeCause }?.let { throw it }
    }

    /** What a call is told after the end. */
    fun closed(): ConnectionClosedException = lock.withLock { ConnectionClosedException("the connection is closed", closeCause) }

    private fun draining() = ConnectionDrainingException("the connection is draining; it takes nothing new")

    private companion object {
        /** The writer, and everything that happens rarely. */
        const val OWN_THREADS = 2
    }
}
