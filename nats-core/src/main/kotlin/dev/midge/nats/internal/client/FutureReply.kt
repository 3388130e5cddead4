package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration

/**
 * The one reply that a request waits for, as a future: one object for both, and no coroutine. It completes on [dispatcher], where what is
 * chained to it may run: never on the reader.
 *
 * INVARIANT: a request ends once, so [outcome] is written once, by the thread that then hands [run] to [dispatcher]. Whoever completes the
 * future itself withdraws the request. Tested by `FutureReplySpec`.
 */
internal class FutureReply(
    override val subject: Subject,
    private val timeout: Duration,
    private val dispatcher: CoroutineDispatcher,
    private val replies: RequestMultiplexer,
) : CompletableFuture<NatsMessage>(),
    ReplySink,
    Runnable {
    override val deadline: Long = RequestTimer.deadline(timeout)

    /** What it is registered by; written before its caller has it. */
    var number = 0L

    /** The reply, why there is none, or `null` if it did not come in time. */
    private var outcome: Any? = null

    override fun onReply(message: NatsMessage, status: Int) {
        outcome = message
    }

    override fun onTimeout() = Unit

    override fun onFailure(cause: NatsException) {
        outcome = cause
    }

    override fun wake(wakeUps: WakeUps): Unit = wakeUps.run(this, dispatcher)

    override fun run() {
        try {
            super.complete(checkedReply(subject, outcome, timeout))
        } catch (e: NatsException) {
            super.completeExceptionally(e)
        }
    }

    override fun cancel(mayInterruptIfRunning: Boolean): Boolean {
        replies.withdraw(number)
        return super.cancel(mayInterruptIfRunning)
    }

    override fun complete(value: NatsMessage): Boolean {
        replies.withdraw(number)
        return super.complete(value)
    }

    override fun completeExceptionally(ex: Throwable): Boolean {
        replies.withdraw(number)
        return super.completeExceptionally(ex)
    }
}
