package dev.midge.nats.jetstream.internal.publish

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
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration

/** A connection that sends nothing, and remembers what was withdrawn. */
@OptIn(InternalNatsApi::class)
internal class FakeSeam : Seam {
    val withdrawn = ArrayList<Long>()

    override val connection: NatsConnection
        get() = error("there is no connection")

    override val epoch: Long = 1

    override val server: ServerInfo? = null

    override fun newInbox(): Subject = Subject("_INBOX.fake")

    override fun deadline(timeout: Duration?): Long = System.nanoTime() + checkNotNull(timeout).inWholeNanoseconds

    override fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long = 0

    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long = 0

    override fun withdraw(number: Long): Boolean = withdrawn.add(number)

    override fun requestFuture(
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage>? = null

    override suspend fun subscribe(subject: Subject, sink: InboxSink): InboxSubscription = error("there is no connection")

    override fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean = false

    override suspend fun reply(replyTo: ByteArray, payload: ByteArray) = Unit
}
