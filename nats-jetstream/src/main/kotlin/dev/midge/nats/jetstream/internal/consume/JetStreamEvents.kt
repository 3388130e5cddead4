package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.serialization.UndecodableMessageException
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.asSharedFlow

/**
 * The events of one JetStream, and its log. Telling never waits: a collector that lags far behind misses the oldest. No sink tells,
 * because a collector without a dispatcher runs where it is told.
 */
internal class JetStreamEvents {
    private val shared = MutableSharedFlow<JetStreamEvent>(extraBufferCapacity = CAPACITY, onBufferOverflow = BufferOverflow.DROP_OLDEST)

    val events: SharedFlow<JetStreamEvent> = shared.asSharedFlow()

    fun tell(event: JetStreamEvent) {
        when (event) {
            is JetStreamEvent.PullEnded -> log.debug("consumer '{}' of stream '{}': {}", event.consumer, event.stream, event.text)

            is JetStreamEvent.MessageGivenUp -> {
                // What the decoder says may quote the payload.
                val cause = event.cause.takeUnless { it is UndecodableMessageException }
                log.error("consumer '{}' of stream '{}': {}", event.consumer, event.stream, event.text, cause)
            }

            else -> log.warn("consumer '{}' of stream '{}': {}", event.consumer, event.stream, event.text)
        }
        shared.tryEmit(event)
    }

    private companion object {
        /** Events are rare; this is one bad minute. */
        const val CAPACITY = 1024
    }
}
