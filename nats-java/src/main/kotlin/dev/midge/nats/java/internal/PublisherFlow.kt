package dev.midge.nats.java.internal

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import java.util.concurrent.Flow.Publisher
import java.util.concurrent.Flow.Subscriber
import java.util.concurrent.Flow.Subscription
import java.util.concurrent.atomic.AtomicReference

/**
 * What [publisher] emits, which is asked for [AHEAD] elements at most that were not collected yet.
 *
 * The adapter of kotlinx-coroutines fails when it is cancelled before the publisher has called `onSubscribe`, as those of the JDK do late.
 */
internal class PublisherFlow<T : Any>(private val publisher: Publisher<T>) : Flow<T> {
    override suspend fun collect(collector: FlowCollector<T>) {
        val receiver = Receiver<T>()
        try {
            publisher.subscribe(receiver)
            for (element in receiver.arrived) {
                collector.emit(element)
                receiver.collected()
            }
        } finally {
            receiver.cancel()
        }
    }

    private companion object {
        const val AHEAD = 256
        const val ASKED_TOGETHER = AHEAD / 2
    }

    private class Receiver<T : Any> : Subscriber<T> {
        val arrived = Channel<T>(AHEAD)
        private val subscription = AtomicReference<Subscription?>()

        /** Elements collected since the last request: the collector's alone. */
        private var unasked = 0

        override fun onSubscribe(subscription: Subscription) {
            if (this.subscription.compareAndSet(null, subscription)) {
                subscription.request(AHEAD.toLong())
            } else {
                subscription.cancel()
            }
        }

        override fun onNext(element: T) {
            val sent = arrived.trySend(element)
            if (sent.isFailure && !sent.isClosed) {
                subscription.get()?.cancel()
                onError(IllegalStateException("the publisher has emitted more than it was asked for"))
            }
        }

        override fun onError(failure: Throwable) {
            arrived.close(failure)
        }

        override fun onComplete() {
            arrived.close()
        }

        fun collected() {
            if (++unasked < ASKED_TOGETHER) return
            unasked = 0
            subscription.get()?.request(ASKED_TOGETHER.toLong())
        }

        fun cancel() {
            arrived.cancel()
            subscription.getAndSet(Ended)?.cancel()
        }
    }

    /** In place of a subscription that is not wanted any more. */
    private object Ended : Subscription {
        override fun request(n: Long) = Unit

        override fun cancel() = Unit
    }
}
