package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.ReplySink
import dev.midge.nats.SlowConsumerException
import dev.midge.nats.Subject
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration

/**
 * Gathers the replies of one request for a collector that may be slower, within the limits of a subscription.
 *
 * What does not fit ends the wait with a failure, whatever [overflow] does: an answer with a gap would be a wrong one.
 */
internal class ManyReplies(override val subject: Subject, total: Duration, overflow: Overflow, private val sid: Long) : ReplySink {
    override val deadline: Long = RequestTimer.deadline(total)
    override val takesMany: Boolean
        get() = true
    private val replies = Channel<NatsMessage>(Channel.UNLIMITED)
    private val waitingMessages = AtomicInteger()
    private val waitingBytes = AtomicLong()

    // The latest message alone is no answer.
    private val maxMessages = if (overflow is Overflow.Latest) Overflow.DEFAULT_MESSAGES else overflow.messages
    private val maxBytes = if (overflow is Overflow.Latest) Overflow.DEFAULT_BYTES else overflow.bytes

    val channel: ReceiveChannel<NatsMessage>
        get() = replies

    /** Called by one reader at a time, so that what has room still has it when it is added. */
    override fun onReply(message: NatsMessage, status: Int) {
        val messages = waitingMessages.get()
        val bytes = waitingBytes.get() + message.size
        if (messages >= maxMessages || (messages > 0 && bytes > maxBytes)) {
            replies.close(SlowConsumerException(sid, "replies from '$subject' came faster than they were collected: $messages wait"))
        } else {
            waitingMessages.incrementAndGet()
            waitingBytes.addAndGet(message.size.toLong())
            replies.trySend(message)
        }
    }

    /** The collector has finished with [message]. */
    fun consumed(message: NatsMessage) {
        waitingMessages.decrementAndGet()
        waitingBytes.addAndGet(-message.size.toLong())
    }

    override fun onFailure(cause: NatsException) {
        replies.close(cause)
    }

    override fun onTimeout() {
        replies.close()
    }
}
