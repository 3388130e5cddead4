package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.InboxSink
import dev.midge.nats.InboxSubscription
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.Seam
import dev.midge.nats.ServerInfo
import dev.midge.nats.Subject
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration

/** The seam of one [connection]: what is behind its public operations, for modules. */
internal class ConnectionSeam(
    override val connection: NatsConnection,
    private val requester: Requester,
    private val replies: RequestMultiplexer,
) : Seam {
    private val supervisor = connection.supervisor
    private val publisher = connection.publisher
    private val inboxes = Inboxes(supervisor.options.inboxPrefix)

    override val epoch: Long
        get() = supervisor.connects

    override val server: ServerInfo?
        get() = supervisor.server.info.value

    override fun newInbox(): Subject = inboxes.next()

    override fun deadline(timeout: Duration?): Long = RequestTimer.deadline(timeout ?: supervisor.options.timeouts.request)

    override fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long =
        requester.tryRequest(subject, payload, headers, sink, isIdle)

    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long =
        requester.request(subject, payload, headers, sink)

    override fun withdraw(number: Long): Boolean = replies.withdraw(number)

    override fun requestFuture(
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage>? = requester.requestFuture(subject, payload, headers, timeout, dispatcher)

    override suspend fun subscribe(subject: Subject, sink: InboxSink): InboxSubscription {
        supervisor.awaitSubscribable()
        return SinkSubscription(supervisor, subject, sink).also { it.subscribe() }
    }

    override fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean = publisher.tryReply(replyTo, payload)

    override suspend fun reply(replyTo: ByteArray, payload: ByteArray): Unit = publisher.reply(replyTo, payload)
}
