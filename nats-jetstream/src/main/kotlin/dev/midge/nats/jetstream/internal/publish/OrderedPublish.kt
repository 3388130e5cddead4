package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * One collection of [messages], published with up to [window] of them unacknowledged; the collector gets the acknowledgements in order.
 *
 * Two coroutines share it: the sender, which collects the messages and publishes them, and the collector's own, which takes their ends.
 *
 * INVARIANTS
 * - A slot of [slots] is taken before a message is published, and given back when its acknowledgement was taken: what is in [sent] and
 *   [taken] are [window] at most.
 * - [sent] and then [taken] hold all that was published and not acknowledged, in order: a message is added to [sent] and published under
 *   [sending], and [taken] is the collector's alone.
 * - While [isTroubled] the sender publishes nothing. The reader sets it as soon as the end of a message may be anything but an
 *   acknowledgement, and that message is [Sink.isTrouble]; it is reset by the collector, which comes to each of these, and has then taken
 *   the end of everything that was sent.
 * - A subject has one connection while messages to it are in [sent] or [taken], see [SubjectSeams].
 *
 * Tested by `OrderedPublishSpec` and `PublishAllIT`.
 */
@OptIn(InternalNatsApi::class)
internal class OrderedPublish(
    private val publishing: Publishing,
    private val messages: Flow<OutgoingMessage>,
    private val window: Int,
    private val options: PublishOptions,
    private val collector: FlowCollector<PublishAck>,
) {
    private val terms = publishing.terms(options)
    private val probe = publishing.probe
    private val seams = SubjectSeams(publishing.channel.nats)
    private val slots = AckWindow(window)
    private val sent = Channel<Sink>(Channel.UNLIMITED)
    private val taken = ArrayDeque<Sink>()
    private val sending = Mutex()
    private val isTroubled = MutableStateFlow(false)
    private var index = 0L

    suspend fun run() {
        try {
            coroutineScope {
                launch { sendAll() }
                for (sink in sent) {
                    taken.addLast(sink)
                    takeFirst()
                }
            }
        } finally {
            // The sender has ended: nobody adds to it.
            generateSequence { sent.tryReceive().getOrNull() }.forEach(::giveUp)
            taken.forEach(::giveUp)
        }
    }

    private suspend fun sendAll() {
        try {
            messages.collect { message ->
                slots.acquire()
                if (isTroubled.value) isTroubled.first { !it }
                val failure = sending.withLock {
                    val sink = Sink(message)
                    sent.trySend(sink)
                    publishing.dispatch(sink, message)?.also(sink::failUnsent)
                }
                // It ends with this one: nothing may be stored behind it.
                if (failure != null) awaitCancellation()
            }
            sent.close()
        } catch (e: Throwable) {
            // Told to the collector when it has what came before.
            sent.close(e)
        }
    }

    /** Takes the end of the first of [taken], and hands on its acknowledgement. */
    private suspend fun takeFirst() {
        val first = taken.first()
        val failure = failureOf(first)
        when {
            failure == null && !first.isTrouble -> acknowledged(publishing.ack(first))
            failure != null && (first.isUnsent || NoStreamRetry.pauseAfter(first, failure) == null) -> throw failed(first, failure)
            else -> sending.withLock { sendAgainInOrder() }
        }
    }

    /** The first of [taken] is trouble: if it was refused for a moment, sends it again, then all that were sent behind it, nothing else. */
    private suspend fun sendAgainInOrder() {
        while (true) taken.addLast(sent.tryReceive().getOrNull() ?: break)
        while (taken.isNotEmpty()) {
            val first = taken.first()
            val failure = failureOf(first)
            if (failure == null) {
                acknowledged(publishing.ack(first))
                continue
            }
            if (first.isUnsent || isOrderBroken()) throw failed(first, publishing.end(first, failure))
            val ack = sendAgain(first, failure)
            for (i in 1 until taken.size) taken[i] = again(taken[i])
            acknowledged(ack)
        }
        isTroubled.value = false
    }

    private suspend fun sendAgain(sink: Sink, failure: Exception): PublishAck = try {
        publishing.exchange(publishing.next(sink, failure))
    } catch (e: CancellationException) {
        throw e
    } catch (e: Exception) {
        throw failed(sink, e)
    }

    /** Nobody waits for [sink] any more. */
    private fun giveUp(sink: Sink) {
        sink.withdraw()
        tell(sink, null, ENDED)
    }

    private fun tell(sink: Sink, ack: PublishAck?, failure: Throwable?) {
        probe?.onPublished(sink.subject.value, System.nanoTime() - sink.begin, ack, failure)
    }

    private suspend fun acknowledged(ack: PublishAck) {
        val sink = taken.removeFirst()
        tell(sink, ack, null)
        seams.release(sink.subject)
        slots.release()
        index++
        collector.emit(ack)
    }

    /** Why [sink] has no acknowledgement, once it has ended; `null` if it has one. */
    private suspend fun failureOf(sink: AckSink): Exception? = try {
        publishing.ack(sink)
        null
    } catch (e: CancellationException) {
        throw e
    } catch (e: Exception) {
        e
    }

    /** The next attempt of a message behind one that was sent again. */
    private suspend fun again(sink: Sink): Sink {
        if (sink.isUnsent) return sink
        val failure = checkNotNull(failureOf(sink)) { "what is stored is not sent again" }
        val next = Sink(sink, publishing.attemptAfter(sink, failure), publishing.doubtAfter(sink, failure))
        publishing.dispatch(next)?.also(next::fail)
        return next
    }

    /**
     * Whether a message may be in the stream that has one before it in [taken] that is not: then that cannot get there first any more. All
     * have ended. Of messages that were not answered a stream has the first ones, or none: by their ids it knows them when they are sent
     * again. Behind one that was refused it may have any of them.
     */
    private suspend fun isOrderBroken(): Boolean {
        var isOneMissing = false
        for (sink in taken) {
            if (sink.isUnsent) return false
            when (failureOf(sink)) {
                is NoStreamException, is JetStreamApiException -> isOneMissing = true
                is JetStreamTimeoutException -> if (isOneMissing || !sink.sendsAfterSilence) return true
                else -> return true
            }
        }
        return false
    }

    /** The first of [taken], [sink], has ended with [failure], and the collection with it. */
    private fun failed(sink: Sink, failure: Exception): PublishAllException {
        taken.removeFirst()
        tell(sink, null, failure)
        return PublishAllException(index, sink.subject.value, failure)
    }

    /** Tells the sender at once, before the collector comes to it. */
    private inner class Sink : AckSink {
        /** When its first attempt began, if somebody wants to know. */
        val begin: Long

        /** Whether it may have no acknowledgement. Written before its end is told. */
        @Volatile
        var isTrouble = false
            private set

        /** Whether the sender could not send it, and has ended with that: it is the last one. Written before its end is told. */
        @Volatile
        var isUnsent = false
            private set

        constructor(message: OutgoingMessage) : super(
            seams.take(message.subject),
            message.subject,
            message.payload,
            PublishHeaders.join(message.headers, options.wire),
            this@OrderedPublish.terms,
        ) {
            begin = if (probe == null) 0 else System.nanoTime()
        }

        constructor(earlier: Sink, attempt: Int, unconfirmed: JetStreamException?) : super(
            earlier.seam,
            earlier.subject,
            earlier.payload,
            earlier.headers,
            earlier.terms,
            earlier.limit,
            attempt,
            unconfirmed,
        ) {
            begin = earlier.begin
        }

        override fun onReply(message: NatsMessage, status: Int) {
            super.onReply(message, status)
            if (!PubAckParser.beginsAsAck(message.payload)) stopSending()
        }

        override fun onTimeout() {
            super.onTimeout()
            stopSending()
        }

        override fun onFailure(cause: NatsException) {
            super.onFailure(cause)
            stopSending()
        }

        fun failUnsent(cause: Exception) {
            isUnsent = true
            fail(cause)
        }

        private fun stopSending() {
            isTrouble = true
            isTroubled.value = true
        }
    }

    private companion object {
        val ENDED = CancellationException("its collection has ended")
    }
}
