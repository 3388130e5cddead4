package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import dev.midge.nats.jetstream.PublishAck
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers

/**
 * A publish that nobody stands by for: its end is told [result], off the reader, where those who await that go on.
 *
 * INVARIANT: its slot of the window is given back by whoever [claim]s its end: [settle], or the publisher if it was not sent. Both may come
 * to it, if the publisher is cancelled at the deadline.
 *
 * @param settle is called once, when its [outcome] is there.
 * @property end is called when [result] is about to be complete.
 */
@OptIn(InternalNatsApi::class)
internal class DeferredAck(
    seam: Seam,
    subject: Subject,
    payload: ByteArray,
    headers: Headers,
    terms: PublishTerms,
    val end: () -> Unit,
    private val settle: (DeferredAck) -> Unit,
) : AckSink(seam, subject, payload, headers, terms),
    Runnable {
    val result = CompletableDeferred<PublishAck>()

    override fun wake(wakeUps: WakeUps): Unit = wakeUps.run(this, Dispatchers.Default)

    /** Nobody waits for it any more. What was sent keeps its way. */
    fun abandon() {
        withdraw()
        result.cancel()
    }

    override fun run() {
        if (claim()) settle(this)
    }
}
