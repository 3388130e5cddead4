package dev.midge.nats.internal.client

import dev.midge.nats.NatsPublisher
import dev.midge.nats.OutgoingMessage
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.produceIn

/** Publishes the messages of a Flow in batches of what is ready: a slow Flow's each for itself, a fast one's many at a time. */
internal object FlowBatches {
    /** So much is put together at most; more would only make other publishers wait. */
    private const val BATCH_BYTES = 32 * 1024L
    private const val READY_MESSAGES = 256

    suspend fun publish(messages: Flow<OutgoingMessage>, publisher: NatsPublisher) {
        var failure: Throwable? = null
        coroutineScope {
            // A producer that failed would cancel this scope, and with it what it has produced before.
            val ready = messages.catch { failure = it }.buffer(READY_MESSAGES).produceIn(this)
            for (first in ready) publisher.publishAll(readyAfter(first, ready))
        }
        failure?.let { throw it }
    }

    private fun readyAfter(first: OutgoingMessage, ready: ReceiveChannel<OutgoingMessage>): List<OutgoingMessage> = buildList {
        add(first)
        var bytes = first.payload.size.toLong()
        while (bytes < BATCH_BYTES) {
            val next = ready.tryReceive().getOrNull() ?: break
            add(next)
            bytes += next.payload.size
        }
    }
}
