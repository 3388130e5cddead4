package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ReplySink
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionListener
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import dev.midge.nats.internal.connection.SubscriptionFrame
import dev.midge.nats.internal.connection.sent
import dev.midge.nats.internal.inbound.GatheredWakeUps
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.inbound.forEachToTheEnd
import dev.midge.nats.internal.outbound.DiscardedMessage
import dev.midge.nats.internal.protocol.MessageFrame
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * Matches replies to requests: one inbox subscription `<prefix>.<id>.*` for all requests of a connection, the last token tells which.
 *
 * INVARIANT: an entry is in [pending] from before its request is appended until the request has ended: by its reply, its deadline, a failure,
 * or its caller. Whoever takes it out is the one to say so. A reply without an entry is late and is dropped. Tested by
 * `RequestsLeaveNothingBehindIT`.
 */
internal class RequestMultiplexer(private val supervisor: ConnectionSupervisor) :
    RegisteredSubscription,
    ConnectionListener,
    Signal {
    private val prefix = Inboxes(supervisor.options.inboxPrefix).nextText() + '.'

    /** What the reply subject of each request begins with; its token follows. Never written to. */
    val prefixWire: ByteArray = prefix.encodeToByteArray()
    private val pending = PendingRequests()
    private val subscribing = Mutex()

    @Volatile
    private var subscribed = false

    /** Who has replies of this read: the reader's alone. */
    private val arrived = ArrayList<ReplySink>()

    private val timer = RequestTimer(supervisor.scope, pending)

    override val sid: Long = supervisor.registry.nextSid()
    override val subject: Subject = Subject("$prefix*")
    override val queueGroup: String? = null
    override val receivedMessages: Long = 0
    override val limit: Long = Long.MAX_VALUE
    override val isWanted: Boolean = true

    @Volatile
    override var toldAs: Long = 0

    val pendingRequests: Int
        get() = pending.size

    /** Whether the request before that of [token] waits no more: they come one at a time, not many at once. */
    fun isAlone(token: Long): Boolean = !pending.isRecent(token - 1)

    /** Whether a request can be sent at once. */
    val isOpen: Boolean
        get() = subscribed && supervisor.outbound.accepting

    /** Subscribes the inbox, once; connects if need be. */
    suspend fun open() {
        supervisor.awaitSubscribable()
        if (subscribed) return
        subscribing.withLock {
            if (subscribed) return
            supervisor.registry.add(this)
            val frame = SubscriptionFrame.Subscribe(this)
            supervisor.wireLog.sent(frame)
            val told = supervisor.outbound.appendControl(frame.size) {
                frame.write(it)
                // Before the frame can leave: the refusal that may come back resets it.
                subscribed = true
            }
            // Without a link, the next one is told by the registry, ahead of all requests.
            if (!told) subscribed = true
        }
    }

    /** Registers [sink] and returns the token of its request. */
    fun register(sink: ReplySink): Long {
        val token = pending.add(sink)
        timer.watch(token, sink)
        return token
    }

    /** Forgets the request with [token]. Returns whether it was waiting; otherwise its sink has been told how it ends. */
    fun withdraw(token: Long): Boolean = pending.remove(token) != null

    /** The reply subject of a request, on the wire: for those that cannot be sent at once. */
    fun replyWire(token: Long): ByteArray = prefixWire + token.toString().encodeToByteArray()

    override fun toldBy(receivedBefore: Long) = Unit

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? {
        val token = token(frame)
        var sink = pending[token] ?: return null
        if (!sink.takesMany) sink = pending.remove(token) ?: return null
        val message = NatsMessage(ReplySubject(prefix, token), frame.reply(), frame.payload(), frame.headers())
        sink.onReply(message, message.statusCode)
        if (arrived.lastOrNull() !== sink) arrived.add(sink)
        return if (arrived.size == 1) this else null
    }

    override fun wake(wakeUps: GatheredWakeUps) {
        try {
            arrived.forEachToTheEnd { it.wake(wakeUps) }
        } finally {
            arrived.clear()
        }
    }

    override val holdsReader: Boolean
        get() = false

    override suspend fun awaitRoom() = Unit

    /** The number after the prefix, or -1 if somebody else wrote to this inbox. */
    private fun token(frame: MessageFrame): Long {
        var token = 0L
        val from = frame.subjectFrom + prefixWire.size
        if (frame.subjectTo <= from || frame.subjectTo - from > MAX_DIGITS) return NO_TOKEN
        for (i in from until frame.subjectTo) {
            val digit = frame.line[i] - '0'.code
            if (digit !in 0 until DECIMAL) return NO_TOKEN
            token = token * DECIMAL + digit
        }
        return token
    }

    /** The server refused to publish to a subject: the requests that wait for a reply from there will get none. */
    override fun onPublishRefused(violation: PermissionViolationException) {
        // The server names the subject, or the reply subject if it is that which is not permitted.
        fail(violation) { token, sink -> sink.subject.value == violation.subject || "$prefix$token" == violation.subject }
    }

    /** A message that waited will not be sent: if it was a request, there will be no reply. */
    override fun onDiscarded(message: DiscardedMessage) {
        val replyTo = message.replyTo ?: return
        if (!replyTo.startsWith(prefix)) return
        val token = replyTo.removePrefix(prefix).toLongOrNull() ?: return
        fail(listOfNotNull(pending.remove(token)), message.cause)
    }

    /** The link is lost: requests that do not wait for the next one fail. */
    override fun onRequestsLost(cause: NatsException) {
        val all = supervisor.options.reconnect.failRequests
        fail(cause) { _, sink -> all || sink.failsWithLink }
    }

    /** The subject of a reply, whose text nearly nobody asks for. */
    private class ReplySubject(private val prefix: String, private val token: Long) {
        override fun toString(): String = prefix + token
    }

    override fun onReleased(cause: NatsException?): Unit = onConnectionClosed(cause)

    override fun onConnectionClosed(cause: NatsException?) {
        timer.stop()
        fail(cause ?: supervisor.closed()) { _, _ -> true }
    }

    override fun onRefused(cause: NatsException) {
        // The next request tries again, and is refused again unless permissions have changed or there is room.
        subscribed = false
        fail(cause) { _, _ -> true }
    }

    private inline fun fail(cause: NatsException, crossinline concerns: (token: Long, ReplySink) -> Boolean) {
        val failed = ArrayList<ReplySink>()
        pending.forEach { token, sink -> if (concerns(token, sink)) pending.remove(token)?.let(failed::add) }
        fail(failed, cause)
    }

    private fun fail(sinks: List<ReplySink>, cause: NatsException) {
        val wakeUps = GatheredWakeUps()
        try {
            sinks.forEachToTheEnd {
                it.onFailure(cause)
                it.wake(wakeUps)
            }
        } finally {
            wakeUps.wake()
        }
    }

    // Handlers that are still at work may send requests of their own: the inbox stays to the end.
    override fun stopDelivery() = Unit

    override suspend fun finish(): Unit = pending.awaitNone()

    private companion object {
        const val NO_TOKEN = -1L
        const val DECIMAL = 10
        const val MAX_DIGITS = 18
    }
}
