package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.inbound.Dispatcher
import dev.midge.nats.internal.inbound.ReaderLoop
import dev.midge.nats.internal.outbound.OutboundLane
import dev.midge.nats.internal.outbound.WriterLoop
import dev.midge.nats.internal.protocol.ProtocolEncoder
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import kotlinx.coroutines.withContext
import kotlin.time.Duration
import kotlin.time.TimeSource

/**
 * One [Link] in use, from the first byte after the handshake to its end: its reader, its writer and its keep-alive.
 *
 * First it reads, then it is told the subscriptions, then, when it is the one in use, it is given the [lane] to write.
 */
internal class Session(val link: Link, private val supervisor: ConnectionSupervisor) {
    private val job = SupervisorJob(supervisor.scope.coroutineContext.job)
    private val scope = supervisor.scope + job
    private val pongs = PongQueue()
    private val control = ControlOperations(this, supervisor)
    private val reader: ReaderLoop = readerLoop()
    private val end = CompletableDeferred<NatsException>()
    private val opened = TimeSource.Monotonic.markNow()
    val resubscription = Resubscription(supervisor.registry, supervisor.wireLog)
    val refusals = Refusals(this, supervisor, scope)

    /** What its server said last, also before it is the one in use. Written under the supervisor's lock. */
    @Volatile
    var info: ServerInfo = link.info

    /** What to write to the link; `null` until it is the one in use. */
    @Volatile
    var lane: OutboundLane? = null

    /** Completes with the cause when the link has broken. */
    val ended: CompletableDeferred<NatsException>
        get() = end

    /** For how long the link has been open. */
    val age: Duration
        get() = opened.elapsedNow()

    private fun readerLoop(): ReaderLoop {
        val dispatcher = Dispatcher(supervisor.registry, control, supervisor.inbound, supervisor.wireLog)
        return ReaderLoop(link.transport.input, link.parser, dispatcher, supervisor.inbound, supervisor.delivery)
    }

    fun startReading() {
        // Unconfined: the reader goes on where the selector wakes it, without a thread hop.
        scope.launch(Dispatchers.Unconfined) { endingWith("closed by the server") { reader.run() } }
    }

    /**
     * Tells the server all subscriptions and returns when it has taken them: within what is left of the connect timeout, or as much longer as
     * each such time brings progress. To be called before the writer begins.
     *
     * @throws NatsException if the link breaks, or nothing goes on for so long.
     */
    suspend fun subscribe() {
        val (parts, suspected) = supervisor.suspects.plan(resubscription)
        if (parts.isEmpty() && suspected.isEmpty()) return
        val number = SubscriptionFrame.lastNumber
        val telling = Telling(parts, suspected, ping = { checkNotNull(pingAtOnce { true }) }) { link.transport.write(it.frames) }
        val work = scope.launch { endingWith(null) { telling.run() } }
        end.invokeOnCompletion { work.cancel() }
        val limit = supervisor.options.timeouts.connect
        if (!awaitWhileProgressing(work, limit, link.deadline, telling::progress)) {
            throw ConnectFailedException("the server ${link.server} did not take the subscriptions: nothing went on for $limit", null)
        }
        if (!telling.isDone) {
            val cause = end.await()
            supervisor.suspects.broke(telling.untaken(), telling.tookAny, cause)
            throw cause
        }
        refusals.onPong(number)
        supervisor.suspects.clear()
    }

    fun startWriting() {
        val lane = checkNotNull(lane)
        refusals.begin()
        scope.launch(lane.dispatcher) { endingWith(null) { WriterLoop(supervisor.outbound, lane, link.transport).run() } }
        scope.launch {
            val timeouts = supervisor.options.timeouts
            KeepAlive(timeouts.pingInterval, timeouts.maxPingsOutstanding).awaitDeath(reader::takeWasHeld, ::ping)
            end(ConnectionLostException("${link.server} is dead: it did not answer ${timeouts.maxPingsOutstanding} PINGs"))
        }
        control.begin()
    }

    /** Sends a PING behind everything appended so far and returns what its PONG completes; `null` if this session is not in use. */
    fun ping(): CompletableDeferred<Unit>? {
        val lane = lane ?: return null
        val number = SubscriptionFrame.lastNumber
        val pong = pingWith { supervisor.outbound.appendControl(ProtocolEncoder.PING_SIZE, lane, ProtocolEncoder::ping) }
        pong?.invokeOnCompletion { if (it == null) refusals.onPong(number) }
        return pong
    }

    /** Sends [frames] together, whose PINGs [pongs] wait for; `false`, with nothing sent, if this session is not in use any more. */
    fun pingWith(pongs: List<CompletableDeferred<Unit>>, frames: List<SubscriptionFrame>): Boolean =
        this.pongs.pings(pongs) { append(frames) }

    /** Says [frame] to this link, if it is still in use. */
    fun send(frame: SubscriptionFrame) {
        append(listOf(frame))
    }

    private fun append(frames: List<SubscriptionFrame>): Boolean {
        val lane = lane ?: return false
        frames.forEach { supervisor.wireLog.sent(it) }
        return supervisor.outbound.appendControl(frames.sumOf { it.size }, lane) { out -> frames.forEach { it.write(out) } }
    }

    /** As [ping], with the PING sent by [send]. */
    private fun pingWith(send: () -> Boolean): CompletableDeferred<Unit>? = pongs.ping(send = send)

    /** As [ping], with a PING, sent by [send], that cannot be postponed. */
    fun pingAtOnce(send: () -> Boolean): CompletableDeferred<Unit>? = pongs.ping(atOnce = true, send)

    /** What was sent to another server before is lost, because of [cause]: no PONG of this one says that it has arrived. */
    fun failPings(cause: NatsException) {
        pongs.failWaiting(cause)
    }

    /** Waits for [pong] as long as the network takes what is ahead of its PING within each [limit]; returns whether it has come. */
    suspend fun awaitPong(pong: Job, limit: Duration): Boolean {
        val lane = checkNotNull(lane)
        val outbound = supervisor.outbound
        val ahead = outbound.handedOver(lane) + outbound.counters.pendingBytes
        // What others send afterwards is no progress: a network that takes bytes and brings none would never be given up.
        return awaitWhileProgressing(pong, limit) { minOf(outbound.handedOver(lane), ahead) }
    }

    fun onPong() {
        pongs.onPong()
    }

    fun end(cause: NatsException) {
        val explained = control.explain(cause)
        end.complete(explained)
        pongs.fail(explained)
    }

    /** Ends what runs and closes the link. Idempotent, and does not throw: who leaves a link goes on, however it ends. */
    suspend fun stop() {
        withContext(NonCancellable) {
            job.cancelAndJoin()
            try {
                link.transport.close()
            } catch (e: Exception) {
                supervisor.log.warn("closing the connection to {} failed", link.server, e)
            }
        }
        pongs.fail(ConnectionLostException("the connection to ${link.server} was closed"))
    }

    /** Ends the session when [loop] fails, or returns and that means [reason]. */
    private suspend inline fun endingWith(reason: String?, loop: () -> Unit) {
        try {
            loop()
            if (reason != null) end(ConnectionLostException("the connection to ${link.server} was $reason"))
        } catch (e: NatsException) {
            end(e)
        } catch (e: Throwable) {
            // This session's own cancellation passes; anything else, were it an Error, is its end: a loop that died unseen would be
            // a zombie.
            currentCoroutineContext().ensureActive()
            end(ConnectionLostException("the connection to ${link.server} broke: ${e.message ?: e::class.simpleName}", e))
        }
    }
}
