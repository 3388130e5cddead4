package dev.midge.nats.internal.connection

import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.atomic.AtomicLong

/**
 * Tells one link the [parts], one behind the other without waiting, and then the [suspected] ones, each when the one before was taken: if the
 * link breaks, it is known with which.
 *
 * @param ping says that a PING is about to be sent, and returns what its PONG completes.
 * @param write hands a part, with its PING, to the network.
 */
internal class Telling(
    private val parts: List<Resubscription.Part>,
    private val suspected: List<Resubscription.Part>,
    private val ping: () -> CompletableDeferred<Unit>,
    private val write: suspend (Resubscription.Part) -> Unit,
) {
    private class Begun(val part: Resubscription.Part, val taken: CompletableDeferred<Unit>) {
        val isTaken get() = taken.isCompleted && !taken.isCancelled
    }

    private val begun = ArrayList<Begun>()
    private val steps = AtomicLong()

    /** Changes whenever the server has taken a part. That the network has is no progress: it also takes what nobody reads. */
    val progress: Long
        get() = steps.get()

    suspend fun run() {
        parts.map { begin(it) }.forEach { it.await() }
        for (part in suspected) begin(part).await()
    }

    /** Whether the server has taken everything, when [run] has ended, however it has. */
    val isDone: Boolean
        get() = begun.size == parts.size + suspected.size && begun.all { it.isTaken }

    /** Whether the server has taken anything. */
    val tookAny: Boolean
        get() = begun.any { it.isTaken }

    /** What the server was told and has not taken, when [run] has ended. */
    fun untaken(): List<Resubscription.Part> = begun.filterNot { it.isTaken }.map { it.part }

    private suspend fun begin(part: Resubscription.Part): CompletableDeferred<Unit> {
        val taken = ping()
        begun += Begun(part, taken)
        taken.invokeOnCompletion { steps.incrementAndGet() }
        write(part)
        return taken
    }
}
