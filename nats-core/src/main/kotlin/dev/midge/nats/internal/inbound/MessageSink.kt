package dev.midge.nats.internal.inbound

import dev.midge.nats.internal.protocol.MessageFrame

/** Where the [Dispatcher] takes the messages of one subscription id. Called by the reader only; must not block. */
internal interface MessageSink {
    /**
     * Takes a message. [frame] holds for this call only.
     *
     * @return a signal to raise at the end of the read, or `null`.
     */
    fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal?
}

/** Finds the sink of a subscription id. */
internal fun interface SinkTable {
    fun sink(sid: Long): MessageSink?
}

/** Work that the reader leaves for the end of what it has read, so that it is done once and not for every message. */
internal interface Signal {
    /** Wakes the callers that wait for the messages, or leaves them to [wakeUps], for the caller to wake with the others. */
    fun wake(wakeUps: GatheredWakeUps)

    /** Whether no more may be read from the socket for now. */
    val holdsReader: Boolean

    /** Suspends while no more may be read from the socket. */
    suspend fun awaitRoom()
}

/**
 * Wakes all, also if one throws, as a user's dispatcher may that it has to go through: the others have messages that nobody would wake them for
 * again. Throws the first failure when all were woken, and the list is empty.
 */
internal inline fun ArrayList<Signal>.wakeAll(wake: (Signal) -> Unit) {
    try {
        forEachToTheEnd(wake)
    } finally {
        clear()
    }
}

/** As `forEach`, but one that throws does not keep [action] from the others. Throws the first failure at the end. */
internal inline fun <T> List<T>.forEachToTheEnd(action: (T) -> Unit) {
    var failure: Throwable? = null
    for (i in indices) {
        try {
            action(this[i])
        } catch (e: Throwable) {
            if (failure == null) failure = e
        }
    }
    if (failure != null) throw failure
}
