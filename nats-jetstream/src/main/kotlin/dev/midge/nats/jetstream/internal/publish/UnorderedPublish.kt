package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishAllException
import dev.midge.nats.jetstream.PublishOptions
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.launch

/**
 * One collection of [messages], published with up to `window` of them unacknowledged, each for itself: one that is refused for a moment is
 * sent again while the others go on. The collector gets the acknowledgements in the order of the messages all the same.
 *
 * INVARIANT: a slot of [slots] is taken before a message is published, and given back when its acknowledgement was taken: what is in [sent]
 * is the window at most. The sender adds to [sent], the collector takes from it. Tested by `PublishAllIT`.
 */
@OptIn(InternalNatsApi::class)
internal class UnorderedPublish(
    private val publishing: Publishing,
    private val messages: Flow<OutgoingMessage>,
    window: Int,
    private val options: PublishOptions,
    private val collector: FlowCollector<PublishAck>,
) {
    private val slots = AckWindow(window)
    private val sent = Channel<DeferredAck>(Channel.UNLIMITED)
    private var index = 0L

    /** What the collector waits for, and nobody does any more if it is cancelled. */
    private var taken: DeferredAck? = null

    suspend fun run() {
        try {
            coroutineScope {
                launch { sendAll() }
                for (sink in sent) {
                    taken = sink
                    val ack = ack(sink)
                    slots.release()
                    index++
                    collector.emit(ack)
                }
            }
        } finally {
            // The sender has ended: nobody adds to it.
            (listOfNotNull(taken) + generateSequence { sent.tryReceive().getOrNull() }).forEach(DeferredAck::abandon)
        }
    }

    private suspend fun sendAll() {
        try {
            messages.collect { message ->
                slots.acquire()
                val sink = publishing.deferred(message, PublishHeaders.join(message.headers, options.wire), publishing.terms(options))
                sent.trySend(sink)
                publishing.dispatch(sink, message)?.let {
                    sink.result.completeExceptionally(it)
                    // It ends with this one.
                    awaitCancellation()
                }
            }
            sent.close()
        } catch (e: Throwable) {
            // Told to the collector when it has what came before.
            sent.close(e)
        }
    }

    private suspend fun ack(sink: DeferredAck): PublishAck = try {
        sink.result.await()
    } catch (e: CancellationException) {
        throw e
    } catch (e: Exception) {
        throw PublishAllException(index, sink.subject.value, e)
    }
}
