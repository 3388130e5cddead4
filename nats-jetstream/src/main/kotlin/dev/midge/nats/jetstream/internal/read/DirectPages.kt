package dev.midge.nats.jetstream.internal.read

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.next
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject

/** No server answers direct gets of the stream: it does not allow them, or no more. */
internal class NoDirectGetException(stream: String) : NatsException("the stream '$stream' answers no direct gets")

/** A direct get that is answered by many messages and a status behind them. */
internal class DirectPages(private val channel: ApiChannel, private val stream: String) {
    private val subject = Subject(channel.subjects.of("DIRECT", "GET", stream))

    /**
     * How a page has ended: [pending] more would follow, all of it as the stream was at [upTo], or 0 if that is not said.
     *
     * @property silence what broke it off after something of it had come, as it does when a server or a link goes.
     */
    class End(val pending: Long, val upTo: Long, val silence: JetStreamTimeoutException? = null)

    /** Hands the messages that answer [body] to [emit]. */
    @OptIn(InternalNatsApi::class)
    suspend fun read(body: JsonObject, emit: suspend (StoredMessage) -> Unit): End {
        // One connection has to ask and to be answered.
        val connection = channel.nats.seam(subject).connection
        val inbox = connection.newInbox()
        // Whatever the user's default is: a page with a hole would look like a whole one.
        val subscription = connection.subscribe(inbox, overflow = Overflow.Fail(MOST_WAITING, Long.MAX_VALUE))
        try {
            return coroutineScope {
                val answers = subscription.buffer(0).produceIn(this)
                connection.publish(subject, body.toString().encodeToByteArray(), replyTo = inbox)
                answers.readPage(emit).also { answers.cancel() }
            }
        } finally {
            withContext(NonCancellable) { subscription.unsubscribe() }
        }
    }

    private suspend fun ReceiveChannel<NatsMessage>.readPage(emit: suspend (StoredMessage) -> Unit): End {
        var hasBegun = false
        while (true) {
            val answer = try {
                next(channel, subject.value, stream)
            } catch (e: JetStreamTimeoutException) {
                return if (hasBegun) End(0, 0, e) else throw e
            }
            val status = answer.status
            when (status?.code) {
                null -> {
                    hasBegun = true
                    emit(StoredMessages.ofDirect(channel.nats, answer, isInBatch = true))
                }

                END_OF_BATCH -> return End(answer.number("Nats-Num-Pending"), answer.number("Nats-UpTo-Sequence"))

                NOT_FOUND -> return End(0, 0)

                NO_RESPONDERS -> throw NoDirectGetException(stream)

                else -> throw ReadRefused.exception(status, subject.value, stream)
            }
        }
    }

    private fun NatsMessage.number(header: String): Long = headers[header]?.toLongOrNull() ?: 0

    private companion object {
        const val END_OF_BATCH = 204
        const val NOT_FOUND = 404
        const val NO_RESPONDERS = 503

        /** More than a page has. */
        const val MOST_WAITING = 64 * 1024
    }
}
