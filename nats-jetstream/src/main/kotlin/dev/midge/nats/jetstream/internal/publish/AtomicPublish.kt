package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.Seam
import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.AtomicBatch
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.ServerFeature
import dev.midge.nats.jetstream.internal.api.Names
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.delay

/**
 * Publishes the messages of one batch, which a stream stores together or not at all (ADR-50): they go out in order by one connection, the
 * first one alone, to see that the server takes it for a batch; the last one commits. After an error the server has forgotten the batch.
 */
@OptIn(InternalNatsApi::class)
internal class AtomicPublish(private val publishing: Publishing, private val messages: List<AtomicBatch.Entry>, options: PublishOptions) {
    private val terms = publishing.terms(options)
    private val reading = AckReading()
    private val id = Names.random()
    private val first = messages.first()
    private val seam: Seam = publishing.channel.nats.seam(first.subject)
    private val deadline = seam.deadline(terms.timeout)

    /** Those that were sent, but for the commit. */
    private val sent = ArrayList<AckSink>()

    suspend fun publish(): PublishAck {
        check()
        try {
            if (messages.size > 1) {
                openBatch()
                for (i in 1 until messages.lastIndex) sendMember(i)
            }
            return commit()
        } finally {
            // Replies that nobody waits for any more.
            sent.forEach(AckSink::withdraw)
        }
    }

    private suspend fun check() {
        publishing.channel.levels.require(ServerFeature.ATOMIC_BATCH)
        val stream = publishing.guard.allowing(Need.ATOMIC_BATCH, first.subject)
        for (message in messages) {
            require(stream.takes(message.subject)) {
                "'${message.subject}' is no subject of '${stream.name}', which '${first.subject}' goes to: a batch is for one stream"
            }
            val needs = message.options.needs
            if (needs.isNotEmpty()) publishing.guard.check(message.subject, message.headers, needs)
        }
    }

    /** Nothing is stored yet: it may be tried again. */
    private suspend fun openBatch() {
        var sink = sink(0)
        while (true) {
            try {
                publishing.send(sink, isIdle = true)
                return requireMember(sink, reading.reply(sink, sink.await()))
            } catch (e: CancellationException) {
                throw e
            } catch (e: Exception) {
                delay(NoStreamRetry.pauseAfter(sink, e) ?: throw unstored(e))
                sink = sink(0, sink.attempt + 1)
            }
        }
    }

    private suspend fun sendMember(index: Int) {
        sent.lastOrNull()?.let { if (it.hasEnded) requireMember(it) }
        val sink = sink(index)
        publishing.send(sink, isIdle = false)
        sent += sink
    }

    private suspend fun commit(): PublishAck {
        val sink = sink(messages.lastIndex)
        publishing.send(sink, isIdle = true)
        val ack = try {
            publishing.ack(sink)
        } catch (e: JetStreamApiException) {
            // A member was refused before, and the server knows the batch no more: that says why.
            if (e.errorCode == ApiErrorCodes.ATOMIC_PUBLISH_INCOMPLETE_BATCH) sent.forEach { if (it.hasEnded) requireMember(it) }
            throw e
        }
        if (ack.batchId != id || ack.batchCount != messages.size.toLong()) throw storedSingly(ack.toString())
        return ack
    }

    private suspend fun requireMember(sink: AckSink) {
        try {
            requireMember(sink, reading.reply(sink, sink.await()))
        } catch (e: PublishUnconfirmedException) {
            throw unstored(e)
        }
    }

    /** A message of a batch is answered by nothing, but for its error. */
    private fun requireMember(sink: AckSink, reply: NatsMessage) {
        if (reply.payload.isEmpty()) return
        val ack = publishing.read(sink, reply)
        throw storedSingly(ack.toString())
    }

    /** Without the commit nothing is stored: that is not in doubt, and what broke is the connection. */
    private fun unstored(failure: Exception): Exception =
        if (failure is PublishUnconfirmedException) failure.cause as? Exception ?: failure else failure

    private fun storedSingly(answer: String) = FeatureNotSupportedException(
        ServerFeature.ATOMIC_BATCH.title,
        ServerFeature.ATOMIC_BATCH.version,
        "the server has stored a message of the batch by itself: $answer",
    )

    private fun sink(index: Int, attempt: Int = 1): AckSink =
        AckSink(seam, messages[index].subject, messages[index].payload, headers(index), terms, deadline, attempt)

    private fun headers(index: Int): Headers {
        val member = messages[index].headers.with(PublishHeaders.BATCH_ID, id).with(PublishHeaders.BATCH_SEQUENCE, "${index + 1}")
        return if (index == messages.lastIndex) member.with(PublishHeaders.BATCH_COMMIT, "1") else member
    }
}
