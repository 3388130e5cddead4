package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import java.util.Locale
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.DurationUnit
import kotlin.time.TimeSource

private const val PAYLOAD_BYTES = 128

/** How often the clock is looked at: reading it at every message would take as long as publishing. */
private const val MESSAGES_PER_LOOK = 1_000

/** What one second came to. */
class Speed(private val published: Long, private val received: Long, private val elapsed: Duration) {
    override fun toString(): String {
        val perSecond = published / elapsed.toDouble(DurationUnit.SECONDS)
        return "%,d messages of %d B published and %,d received: %,.0f a second, before the JVM was warm"
            .format(Locale.ROOT, published, PAYLOAD_BYTES, received, perSecond)
    }
}

/** Publishes for a second and waits until all of it has come back. */
suspend fun measureOneSecond(nats: NatsConnection): Speed {
    // Checked and encoded once instead of at every publish.
    val subject = Subject("speed")
    val payload = ByteArray(PAYLOAD_BYTES)
    val received = AtomicLong()
    // Inline: the handler runs where the socket is read. It must be quick; nothing is queued, so that nothing is dropped.
    val subscription = nats.subscribeInline(subject) { received.incrementAndGet() }

    val start = TimeSource.Monotonic.markNow()
    var published = 0L
    while (start.elapsedNow() < 1.seconds) {
        repeat(MESSAGES_PER_LOOK) { nats.publish(subject, payload) }
        published += MESSAGES_PER_LOOK
    }
    // The PONG comes after the last message that the server sent before it.
    nats.flush()
    val elapsed = start.elapsedNow()
    subscription.unsubscribe()
    return Speed(published, received.get(), elapsed)
}
