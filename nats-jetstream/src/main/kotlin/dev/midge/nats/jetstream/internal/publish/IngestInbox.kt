package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.InboxSink
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.offReader
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.onClosed
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/** What a server answers to an ingestion, in order, and then why there is no more: the link with which it has ended. */
@OptIn(InternalNatsApi::class)
internal class IngestInbox : InboxSink {
    /** Few: the server answers every so many messages, and no more are sent before it has. */
    private val arrivals = Channel<Reply>(Channel.UNLIMITED)

    class Reply(val message: NatsMessage, val status: Int)

    /** The next answer, if there is one; throws what ended the link if there will be none. */
    fun poll(): Reply? = arrivals.tryReceive().onClosed { throw checkNotNull(it) }.getOrNull()

    /** As [poll], but waits for [limit]. */
    suspend fun await(limit: Duration): Reply? = offReader { withTimeoutOrNull(limit) { arrivals.receive() } }

    override fun onMessage(message: NatsMessage, status: Int) {
        arrivals.trySend(Reply(message, status))
    }

    override fun onLinkLost(cause: NatsException) {
        arrivals.close(cause)
    }

    override fun onEnd(cause: NatsException?) {
        arrivals.close(cause ?: ConnectionClosedException("the connection was closed"))
    }
}
