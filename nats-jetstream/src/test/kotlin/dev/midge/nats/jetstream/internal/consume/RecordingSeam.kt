package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.InboxSink
import dev.midge.nats.InboxSubscription
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.Seam
import dev.midge.nats.ServerInfo
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamMessage
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration

/** Keeps what is replied; nothing else of it is there. */
@OptIn(InternalNatsApi::class)
internal class RecordingSeam(private val hasRoom: Boolean = true, private val onReply: suspend () -> Unit = {}) : Seam {
    val replies = ConcurrentLinkedQueue<String>()

    override val connection: NatsConnection
        get() = throw UnsupportedOperationException("there is no connection")
    override val epoch: Long = 1
    override val server: ServerInfo? = null

    override fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean {
        if (hasRoom) replies += payload.decodeToString()
        return hasRoom
    }

    override suspend fun reply(replyTo: ByteArray, payload: ByteArray) {
        onReply()
        replies += payload.decodeToString()
    }

    override fun newInbox(): Subject = Subject("_INBOX.a")

    override fun deadline(timeout: Duration?): Long = none()

    override fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long = none()

    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long = none()

    override fun withdraw(number: Long): Boolean = none()

    override fun requestFuture(
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage>? = none()

    override suspend fun subscribe(subject: Subject, sink: InboxSink): InboxSubscription = none()

    private fun none(): Nothing = throw UnsupportedOperationException("this seam only takes replies")
}

/** A message as a consumer delivers it. */
@OptIn(InternalNatsApi::class)
internal fun delivered(seam: RecordingSeam, sequence: Long = 1, deliveries: Int = 1): JetStreamMessage = JetStreamMessage(
    seam,
    NatsMessage("orders.new", ByteArray(0), Headers.Empty, "\$JS.ACK.ORDERS.billing.$deliveries.$sequence.$sequence.1795754710141085556.0"),
)
