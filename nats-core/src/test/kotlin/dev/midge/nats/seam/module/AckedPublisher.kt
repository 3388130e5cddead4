package dev.midge.nats.seam.module

import dev.midge.nats.Headers
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.ReplySink
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Semaphore

/** Publishes as a module for streams would: each message is acknowledged, and no more than a window of them waits for that. */
class AckedPublisher(private val nats: NatsOperations, window: Int) {
    private val free = Semaphore(window)

    /** Sends [payload] as soon as the window has room. What is returned completes with the acknowledgement. */
    suspend fun publish(subject: Subject, payload: ByteArray): Deferred<String> {
        free.acquire()
        val seam = nats.seam(subject)
        val ack = Ack(subject, seam.deadline(null))
        try {
            seam.request(subject, payload, Headers.Empty, ack)
        } catch (e: Throwable) {
            free.release()
            throw e
        }
        return ack.result
    }

    private inner class Ack(override val subject: Subject, override val deadline: Long) :
        ReplySink,
        Runnable {
        val result = CompletableDeferred<String>()
        private var text = ""
        private var failure: Exception? = null

        override val failsWithLink: Boolean
            get() = true

        override fun onReply(message: NatsMessage, status: Int) {
            if (status == 0) text = message.text() else failure = IllegalStateException("status $status")
        }

        override fun onTimeout() {
            failure = IllegalStateException("no acknowledgement in time")
        }

        override fun onFailure(cause: NatsException) {
            failure = cause
        }

        override fun wake(wakeUps: WakeUps): Unit = wakeUps.run(this, Dispatchers.Default)

        override fun run() {
            free.release()
            failure?.let(result::completeExceptionally) ?: result.complete(text)
        }
    }
}
