package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import kotlinx.coroutines.channels.Channel
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.TimeSource
import kotlin.time.TimeSource.Monotonic.ValueTimeMark

/** The events of a connection, in order, each with the moment at which it was seen. */
class EventLog {
    class Seen(val event: NatsEvent, val at: ValueTimeMark)

    private val unread = Channel<Seen>(Channel.UNLIMITED)
    private val seen = CopyOnWriteArrayList<NatsEvent>()

    /** All events until now. */
    val all: List<NatsEvent> get() = seen

    fun add(event: NatsEvent) {
        seen += event
        unread.trySend(Seen(event, TimeSource.Monotonic.markNow()))
    }

    /** The next event of which [wanted] holds, after the one that was returned last. */
    suspend fun nextSeen(wanted: (NatsEvent) -> Boolean): Seen {
        while (true) unread.receive().let { if (wanted(it.event)) return it }
    }

    /** The next event of type [E], after the one that was returned last. */
    suspend inline fun <reified E : NatsEvent> next(): E = nextSeen { it is E }.event as E
}
