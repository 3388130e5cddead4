package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.AtomicBatch
import dev.midge.nats.jetstream.Ingest
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import dev.midge.nats.jetstream.internal.api.ApiChannel
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch

/** Publishes messages and takes their acknowledgements: without a coroutine for each, and within the window. */
@OptIn(InternalNatsApi::class)
internal class Publishing(val channel: ApiChannel) {
    private val nats = channel.nats
    private val defaults = PublishTerms(PublishOptions.Default, channel.options)
    private val reading = AckReading()
    private val settle: (DeferredAck) -> Unit = ::settle
    private val freeSlot: () -> Unit = { window.release() }

    /** For publishes that are sent again while nobody stands by; each ends at its deadline. Holds nothing in between. */
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val guard = PublishGuard(channel)
    val probe = channel.options.probe
    val window = AckWindow(channel.options.publishWindow)

    /** @param headers those of [options], and what a codec adds. */
    suspend fun publish(subject: Subject, payload: ByteArray, options: PublishOptions, headers: Headers = options.wire): PublishAck =
        if (probe == null) {
            acknowledged(subject, payload, options, headers)
        } else {
            probe.watch(subject) { acknowledged(subject, payload, options, headers) }
        }

    private suspend fun acknowledged(subject: Subject, payload: ByteArray, options: PublishOptions, headers: Headers): PublishAck {
        if (options.needs.isNotEmpty()) guard.check(subject, headers, options.needs)
        window.acquire()
        try {
            return exchange(sink(subject, payload, headers, terms(options)))
        } finally {
            window.release()
        }
    }

    /** @param headers as for [publish]. */
    suspend fun publishAsync(
        subject: Subject,
        payload: ByteArray,
        options: PublishOptions,
        headers: Headers = options.wire,
    ): Deferred<PublishAck> = if (probe == null) {
        sent(subject, payload, options, headers)
    } else {
        probe.watchSent(subject) { sent(subject, payload, options, headers) }
    }

    private suspend fun sent(subject: Subject, payload: ByteArray, options: PublishOptions, headers: Headers): Deferred<PublishAck> {
        if (options.needs.isNotEmpty()) guard.check(subject, headers, options.needs)
        window.acquire()
        val sink = DeferredAck(nats.seam(subject), subject, payload, headers, terms(options), freeSlot, settle)
        try {
            send(sink, isIdle = false)
            return sink.result
        } catch (e: Throwable) {
            if (sink.claim()) window.release()
            throw e
        }
    }

    fun publishAll(messages: Flow<OutgoingMessage>, window: Int, keepsOrder: Boolean, options: PublishOptions): Flow<PublishAck> {
        require(window >= 1) { "window is $window; it has to be 1 or more" }
        require(options.isForMany) { "a message id, an expectation or a schedule is for one message: give it that in its headers" }
        require(!keepsOrder || !options.resendAfterReconnect) {
            "messages that are sent again after a reconnect may be stored behind later ones: say that with keepOrder = false"
        }
        return flow {
            if (keepsOrder) {
                OrderedPublish(this@Publishing, messages, window, options, this).run()
            } else {
                UnorderedPublish(this@Publishing, messages, window, options, this).run()
            }
        }
    }

    suspend fun publishAtomically(options: PublishOptions, batch: AtomicBatch): PublishAck {
        require(batch.entries.isNotEmpty()) { "the batch has no message" }
        require(options.wire.isEmpty()) { "the batch itself has no headers, its messages have: ${options.wire}" }
        require(!options.resends) { "a batch is not sent again: its server would take it for another one" }
        return AtomicPublish(this, batch.entries, options).publish()
    }

    suspend fun ingest(ackEvery: Int, fill: suspend Ingest.() -> Unit): PublishAck {
        require(ackEvery in 1..MOST_ACK_EVERY) { "ackEvery is $ackEvery; it has to be 1 to $MOST_ACK_EVERY" }
        val session = IngestSession(this, ackEvery, channel.options.timeout)
        return session.run { Ingest(session, nats).fill() }
    }

    fun terms(options: PublishOptions): PublishTerms =
        if (PublishTerms.differ(options)) PublishTerms(options, channel.options) else defaults

    fun sink(subject: Subject, payload: ByteArray, headers: Headers, terms: PublishTerms): AckSink =
        AckSink(nats.seam(subject), subject, payload, headers, terms)

    /** Sends [sink]'s message, and waits for the connection and for room if need be. */
    suspend fun send(sink: AckSink, isIdle: Boolean) {
        sink.number = sink.seam.tryRequest(sink.subject, sink.payload, sink.headers, sink, isIdle)
        if (sink.number != 0L) return
        try {
            sink.number = sink.seam.request(sink.subject, sink.payload, sink.headers, sink)
        } catch (e: RequestTimeoutException) {
            throw JetStreamTimeoutException(sink.subject.value, null, null, sink.terms.timeout, e)
        }
    }

    /** A publish whose place is in a window of its own. */
    fun deferred(message: OutgoingMessage, headers: Headers, terms: PublishTerms): DeferredAck =
        DeferredAck(nats.seam(message.subject), message.subject, message.payload, headers, terms, {}, settle)
            .also { probe?.watch(it.subject, it.result) }

    /** Publishes [sink]'s message, which is that of [message] if it is new and has to be looked at. Returns why it was not sent. */
    suspend fun dispatch(sink: AckSink, message: OutgoingMessage? = null): Exception? = try {
        if (message != null) check(message, sink)
        send(sink, isIdle = false)
        null
    } catch (e: CancellationException) {
        throw e
    } catch (e: Exception) {
        e
    }

    private suspend fun check(message: OutgoingMessage, sink: AckSink) {
        require(message.replyTo == null) { "a message with a reply subject cannot be acknowledged: that is where the acknowledgement goes" }
        val needs = Need.of(sink.headers)
        if (needs.isNotEmpty()) guard.check(sink.subject, sink.headers, needs)
    }

    /** How [sink]'s attempt has ended. */
    suspend fun ack(sink: AckSink): PublishAck = reading.ack(sink, sink.await())

    fun read(sink: AckSink, outcome: Any): PublishAck = reading.ack(sink, outcome)

    /** Sends [first], and sends it again as [NoStreamRetry] says. */
    suspend fun exchange(first: AckSink): PublishAck {
        var sink = first
        while (true) {
            val failure = try {
                send(sink, isIdle = true)
                return ack(sink)
            } catch (e: CancellationException) {
                throw e
            } catch (e: Exception) {
                e
            }
            sink = next(sink, failure)
        }
    }

    /** The next attempt after [failure], when it is time for it; throws what the publish ends with if there is none. */
    suspend fun next(sink: AckSink, failure: Exception): AckSink {
        delay(NoStreamRetry.pauseAfter(sink, failure) ?: throw end(sink, failure))
        return AckSink(
            nats.seam(sink.subject),
            sink.subject,
            sink.payload,
            sink.headers,
            sink.terms,
            sink.limit,
            attemptAfter(sink, failure),
            doubtAfter(sink, failure),
        )
    }

    /** The number of the attempt that follows [sink]'s, which has ended with [failure]. */
    fun attemptAfter(sink: AckSink, failure: Exception): Int = if (mayBeStored(failure)) sink.attempt else sink.attempt + 1

    /** What that attempt knows of those before it. */
    fun doubtAfter(sink: AckSink, failure: Exception): JetStreamException? =
        (failure as? JetStreamException)?.takeIf(::mayBeStored) ?: sink.unconfirmed

    /** Once a message may be stored, no later attempt can say that it is not. */
    fun end(sink: AckSink, failure: Exception): Exception {
        val earlier = sink.unconfirmed ?: return failure
        if (mayBeStored(failure)) return failure
        return earlier.apply { addSuppressed(failure) }
    }

    private fun mayBeStored(failure: Exception) = failure is PublishUnconfirmedException || failure is JetStreamTimeoutException

    private fun settle(sink: DeferredAck) {
        val ack = try {
            reading.ack(sink, sink.outcome)
        } catch (e: Exception) {
            return if (NoStreamRetry.pauseAfter(sink, e) == null) end(sink, Result.failure(e)) else sendAgain(sink, e)
        }
        end(sink, Result.success(ack))
    }

    private fun sendAgain(sink: DeferredAck, failure: Exception) {
        // Begins here: one that is cancelled before it begins would give nothing back.
        val job = scope.launch(start = CoroutineStart.UNDISPATCHED) {
            end(sink, runCatching { exchange(next(sink, failure)) })
        }
        sink.result.invokeOnCompletion { job.cancel() }
    }

    private fun end(sink: DeferredAck, result: Result<PublishAck>) {
        sink.end()
        result.fold(sink.result::complete, sink.result::completeExceptionally)
    }

    private companion object {
        /** Servers take more for this. */
        const val MOST_ACK_EVERY = 65_535
    }
}
