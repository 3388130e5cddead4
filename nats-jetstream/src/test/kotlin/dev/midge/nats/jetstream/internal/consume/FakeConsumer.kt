package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.InboxSink
import dev.midge.nats.InboxSubscription
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.fixtures.NoSeam
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import java.lang.reflect.Proxy
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.resume

/** A consumer that says what a test tells it to, by a connection that is not there. */
@OptIn(InternalNatsApi::class)
internal class FakeConsumer(private val onReply: suspend (String) -> Unit = {}) : PullOutlet {
    /** The bodies of the pulls that were sent. */
    val pulls = ConcurrentLinkedQueue<String>()

    /** What was said of messages, as `sequence body`. */
    val said = ConcurrentLinkedQueue<String>()
    val roomWaits = AtomicInteger()

    /** How many pulls there is no room for. */
    val refusals = AtomicInteger()

    @Volatile
    var epoch = 1L

    /** Whether nothing can be said without waiting. */
    @Volatile
    var isFull = false
    private val sink = CompletableDeferred<InboxSink>()
    private val seam = FakeSeam()
    private val nats = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(NatsOperations::class.java)) { _, method, _ ->
        if (method.name == "seam") seam else throw UnsupportedOperationException(method.name)
    } as NatsOperations
    val source = PullSource(JetStream(nats, JetStreamOptions.builder().build()), "ORDERS", "billing", this)

    override fun trySend(to: Subject, body: ByteArray, replyTo: Subject): Boolean {
        if (refusals.getAndUpdate { maxOf(it - 1, 0) } > 0) return false
        pulls += body.decodeToString()
        return true
    }

    override suspend fun awaitRoom() {
        roomWaits.incrementAndGet()
    }

    suspend fun deliver(sequence: Long) = tell { onMessage(message(sequence), 0) }

    suspend fun tell(what: InboxSink.() -> Unit) {
        val sink = sink.await()
        sink.what()
        sink.wake(Now)
    }

    suspend fun drain() = sink.await().finish()

    fun message(sequence: Long) =
        NatsMessage("orders.new", ByteArray(0), Headers.Empty, "\$JS.ACK.ORDERS.billing.1.$sequence.$sequence.1795754710141085556.0")

    private object Now : WakeUps {
        override fun unpark(thread: Thread) = Unit

        override fun <T : Any> resume(continuation: CancellableContinuation<T>, outcome: T) = continuation.resume(outcome)

        override fun run(task: Runnable, dispatcher: CoroutineDispatcher) = task.run()
    }

    private inner class FakeSeam : NoSeam() {
        override val epoch: Long
            get() = this@FakeConsumer.epoch

        override suspend fun subscribe(subject: Subject, sink: InboxSink): InboxSubscription {
            this@FakeConsumer.sink.complete(sink)
            return object : InboxSubscription {
                override val subject = subject

                override fun unsubscribe() = Unit
            }
        }

        override fun tryReply(replyTo: ByteArray, payload: ByteArray): Boolean {
            if (!isFull) note(replyTo, payload)
            return !isFull
        }

        override suspend fun reply(replyTo: ByteArray, payload: ByteArray) {
            onReply(payload.decodeToString())
            note(replyTo, payload)
        }

        private fun note(replyTo: ByteArray, payload: ByteArray) {
            said += "${checkNotNull(AckSubject.parse(replyTo)).streamSequence} ${payload.decodeToString()}"
        }
    }
}
