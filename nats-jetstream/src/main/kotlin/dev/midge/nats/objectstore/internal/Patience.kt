package dev.midge.nats.objectstore.internal

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.NotConnectedException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.jetstream.JetStreamNotEnabledException
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishUnconfirmedException
import kotlinx.coroutines.delay
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/** Longer than a cluster needs to agree on another leader, or a server to come back. */
internal val PATIENCE: Duration = 20.seconds
internal val PAUSE: Duration = 250.milliseconds

/**
 * What [block] returns, which is tried until somebody answers: what was begun is brought to an end where its servers are away for a moment.
 * A refusal is an answer, and so is the end of the connection.
 *
 * @param begin since when it is waited, for what has several steps.
 */
internal suspend fun <T> patiently(begin: TimeMark = TimeSource.Monotonic.markNow(), block: suspend () -> T): T {
    while (true) {
        try {
            return block()
        } catch (e: NatsException) {
            if (!isPassing(e) || begin.elapsedNow() >= PATIENCE) throw e
        }
        delay(PAUSE)
    }
}

/** Whether [e] says no more than that nobody answers now. */
internal fun isPassing(e: NatsException): Boolean = when (e) {
    is JetStreamTimeoutException, is JetStreamNotEnabledException, is NoStreamException, is PublishUnconfirmedException -> true
    is ConnectionLostException, is NotConnectedException, is RequestTimeoutException -> true
    else -> false
}
