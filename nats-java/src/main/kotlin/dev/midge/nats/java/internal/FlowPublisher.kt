package dev.midge.nats.java.internal

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.util.concurrent.Flow.Publisher
import java.util.concurrent.Flow.Subscriber
import java.util.concurrent.Flow.Subscription
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.resume

/**
 * [flow] for Reactive Streams. Each subscriber collects for itself, from before `subscribe` returns; all calls but `onSubscribe` come in
 * [dispatcher].
 *
 * The adapter of kotlinx-coroutines begins with the first request only, calls subscribers that are still busy with `onSubscribe`, and takes
 * no notice of requests for nothing.
 */
internal class FlowPublisher<T : Any>(private val flow: Flow<T>, private val dispatcher: CoroutineDispatcher) : Publisher<T> {
    override fun subscribe(subscriber: Subscriber<in T>) {
        FlowSubscription<T>(subscriber).begin(flow, dispatcher)
    }
}

/**
 * One subscriber of a [FlowPublisher].
 *
 * INVARIANTS
 * - Nothing but `onSubscribe` is called before [introduced] is complete, and from then on nothing but by the coroutine.
 * - Whoever takes the subscriber out of [listening] makes the last call, or sees to it that there is none.
 */
private class FlowSubscription<T : Any>(subscriber: Subscriber<in T>) : Subscription {
    private val listening = AtomicReference<Subscriber<in T>?>(subscriber)
    private val introduced = CompletableDeferred<Unit>()
    private val job = Job()
    private val requested = AtomicLong()
    private val awaitingRequest = AtomicReference<CancellableContinuation<Unit>?>()

    /** What the subscriber has thrown: the coroutine's alone. */
    private var thrown: Throwable? = null

    @Volatile
    private var violation: IllegalArgumentException? = null

    fun begin(flow: Flow<T>, dispatcher: CoroutineDispatcher) {
        CoroutineScope(dispatcher + job).launch(start = CoroutineStart.UNDISPATCHED) { collect(flow) }
        try {
            listening.get()?.onSubscribe(this)
        } catch (e: Throwable) {
            cancel()
            throw e
        } finally {
            introduced.complete(Unit)
        }
    }

    private suspend fun collect(flow: Flow<T>) {
        val failure = try {
            flow.collect(::pass)
            null
        } catch (e: Throwable) {
            e
        }
        // Going on after it is also what leads from the thread that subscribes into the dispatcher.
        withContext(NonCancellable) { introduced.await() }
        val subscriber = listening.getAndSet(null)
        val cause = violation ?: failure
        when {
            subscriber == null -> thrown?.let { throw it }
            cause == null -> subscriber.onComplete()
            else -> subscriber.onError(cause)
        }
    }

    private suspend fun pass(element: T) {
        if (!introduced.isCompleted) introduced.await()
        while (requested.get() == 0L) awaitRequest()
        currentCoroutineContext().ensureActive()
        requested.updateAndGet { if (it == Long.MAX_VALUE) it else it - 1 }
        try {
            listening.get()?.onNext(element)
        } catch (e: Throwable) {
            // A subscriber that throws has cancelled; the exception goes to the thread's handler of such.
            listening.set(null)
            thrown = e
            throw e
        }
    }

    private suspend fun awaitRequest(): Unit = suspendCancellableCoroutine { continuation ->
        awaitingRequest.set(continuation)
        if (requested.get() > 0L) goOn()
    }

    private fun goOn() {
        awaitingRequest.getAndSet(null)?.resume(Unit)
    }

    override fun request(n: Long) {
        if (n > 0L) {
            requested.updateAndGet { if (it > Long.MAX_VALUE - n) Long.MAX_VALUE else it + n }
            goOn()
        } else {
            violation = IllegalArgumentException("$n elements were requested; it has to be 1 or more (Reactive Streams, rule 3.9)")
            job.cancel()
        }
    }

    override fun cancel() {
        listening.set(null)
        job.cancel()
    }
}
