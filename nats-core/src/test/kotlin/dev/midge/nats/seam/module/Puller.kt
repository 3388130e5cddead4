package dev.midge.nats.seam.module

import dev.midge.nats.InboxSink
import dev.midge.nats.InboxSubscription
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import dev.midge.nats.offReader
import dev.midge.nats.replyBytes
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.coroutines.resume

/** Pulls the messages of a consumer as a module for streams would: each pull brings many to one inbox, and ends with a status. */
class Puller(private val seam: Seam, private val next: Subject, private val batch: Int) : InboxSink {
    private val inbox = seam.newInbox()
    private val lock = ReentrantLock()
    private val arrived = ArrayDeque<NatsMessage>()
    private val seen = ArrayList<Any>()
    private var waiting: CancellableContinuation<Unit>? = null
    private var outstanding = 0
    private var pulls = 0
    private var hasEnded = false
    private var subscription: InboxSubscription? = null

    /** Statuses and links, in the order in which they came among the numbers of messages. */
    val history: List<Any>
        get() = lock.withLock { seen.toList() }

    suspend fun start() {
        subscription = seam.subscribe(Subject("$inbox.*"), this)
        lock.withLock { pull() }
    }

    fun stop() {
        subscription?.unsubscribe()
    }

    /** The next message, or `null` at the end of the connection. */
    suspend fun next(): NatsMessage? {
        while (true) {
            lock.withLock {
                arrived.removeFirstOrNull()?.let { return it }
                if (hasEnded) return null
                if (outstanding == 0) pull()
            }
            offReader { awaitArrival() }
        }
    }

    private suspend fun awaitArrival() = suspendCancellableCoroutine { continuation ->
        val waits = lock.withLock { (arrived.isEmpty() && outstanding > 0 && !hasEnded).also { if (it) waiting = continuation } }
        if (!waits) continuation.resume(Unit)
    }

    fun ack(message: NatsMessage) {
        check(seam.tryReply(checkNotNull(message.replyBytes), ACK)) { "there is no room" }
    }

    private fun pull() {
        val request = """{"batch":$batch,"expires":500000000}""".encodeToByteArray()
        if (seam.connection.tryPublish(next, request, replyTo = pullInbox(++pulls))) outstanding = batch
    }

    private fun pullInbox(number: Int) = Subject("$inbox.$number")

    override fun onMessage(message: NatsMessage, status: Int): Unit = lock.withLock {
        if (status == 0) {
            outstanding--
            arrived += message
            seen += message.text()
        } else {
            seen += status
            // That of an earlier pull says nothing of this one.
            if (status >= 400 && message.subject == pullInbox(pulls).value) outstanding = 0
        }
    }

    override fun onLinkLost(cause: NatsException): Unit = lock.withLock {
        seen += "lost"
        outstanding = 0
    }

    override fun onLinkReady(epoch: Long): Unit = lock.withLock {
        seen += "link $epoch"
        pull()
    }

    override fun onEnd(cause: NatsException?): Unit = lock.withLock { hasEnded = true }

    override fun wake(wakeUps: WakeUps) {
        val woken = lock.withLock { waiting.also { waiting = null } } ?: return
        wakeUps.resume(woken, Unit)
    }

    private companion object {
        val ACK = "+ACK".encodeToByteArray()
    }
}
