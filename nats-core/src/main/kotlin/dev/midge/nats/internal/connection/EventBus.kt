package dev.midge.nats.internal.connection

import dev.midge.nats.NatsEvent
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.asSharedFlow

/** The events of a connection. Telling never waits: a collector that lags far behind misses the oldest events, and disturbs nobody. */
internal class EventBus {
    private val shared = MutableSharedFlow<NatsEvent>(extraBufferCapacity = CAPACITY, onBufferOverflow = BufferOverflow.DROP_OLDEST)

    val events: SharedFlow<NatsEvent> = shared.asSharedFlow()

    fun tell(event: NatsEvent) {
        shared.tryEmit(event)
    }

    private companion object {
        /** Events are rare; this is hours of them, or one bad minute. */
        const val CAPACITY = 1024
    }
}
