package dev.midge.nats.java.internal

import dev.midge.nats.ConnectionState
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Nats
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.internal.connection.GoesOnInPlace
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.future.future
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import java.io.InputStream
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Flow.Publisher
import java.util.concurrent.Flow.Subscriber
import java.util.concurrent.Flow.Subscription
import java.util.concurrent.atomic.AtomicReference
import java.util.function.BiConsumer
import java.util.function.Function
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** The call of a suspending function as Java writes it: `continuation -> nats.publish(…, continuation)`. */
internal fun interface SuspendCall<T> {
    fun call(continuation: Continuation<T>): Any?
}

/** Where a [SuspendCall] ends: cancelled by [job], and tells [onEnd] its result or its failure. */
internal class CallEnd<T>(val job: Job, place: CoroutineContext, private val onEnd: BiConsumer<T?, Throwable?>) : Continuation<T> {
    override val context: CoroutineContext = job + place + HandlerThread.current()

    override fun resumeWith(result: Result<T>) {
        onEnd.accept(result.getOrNull(), result.exceptionOrNull())
    }
}

/**
 * Goes on wherever it is woken, which may be the connection's reader: for calls that run nothing there but a few lines of this client's own.
 * Without it the core finds such a caller a thread of `Dispatchers.Default`, which costs two hand-overs.
 */
@OptIn(InternalNatsApi::class)
internal object InPlace : GoesOnInPlace {
    override val key: CoroutineContext.Key<*> = ContinuationInterceptor

    override fun <T> interceptContinuation(continuation: Continuation<T>): Continuation<T> = continuation
}

internal object Coroutines {
    /** What a function returns that has suspended and goes on later. */
    @JvmField
    val SUSPENDED: Any = COROUTINE_SUSPENDED

    @JvmStatic
    fun resume(continuation: Continuation<Unit>): Unit = continuation.resume(Unit)

    @JvmStatic
    fun fail(continuation: Continuation<*>, cause: Throwable): Unit = continuation.resumeWithException(cause)

    @JvmStatic
    fun job(): Job = Job()

    /** Begins [call] on this thread and goes on in [dispatcher]. Cancelling the future cancels the call. */
    @JvmStatic
    fun <T> future(dispatcher: CoroutineDispatcher, call: SuspendCall<T>): CompletableFuture<T> =
        CoroutineScope(dispatcher).future(start = CoroutineStart.UNDISPATCHED) { await(call) }

    /** As [future], of what [wrap] makes of the result. */
    @JvmStatic
    fun <T, R> future(dispatcher: CoroutineDispatcher, call: SuspendCall<T>, wrap: Function<T, R>): CompletableFuture<R> =
        CoroutineScope(dispatcher).future(start = CoroutineStart.UNDISPATCHED) { wrap.apply(await(call)) }

    /** As [future], of what has to be closed: a result that comes after the future was cancelled is closed here. */
    @JvmStatic
    fun <T, R : AutoCloseable> made(dispatcher: CoroutineDispatcher, call: SuspendCall<T>, wrap: Function<T, R>): CompletableFuture<R> {
        val future = CompletableFuture<R>()
        val making = CoroutineScope(dispatcher).launch(start = CoroutineStart.UNDISPATCHED) {
            try {
                val made = wrap.apply(await(call))
                if (!future.complete(made)) made.close()
            } catch (e: Throwable) {
                future.completeExceptionally(e)
            }
        }
        future.whenComplete { _, _ -> making.cancel() }
        return future
    }

    /** As [future], for calls that have nothing to say when they are done. */
    @JvmStatic
    fun futureVoid(dispatcher: CoroutineDispatcher, call: SuspendCall<Unit>): CompletableFuture<Void?> =
        CoroutineScope(dispatcher).future(start = CoroutineStart.UNDISPATCHED) {
            await(call)
            null
        }

    private suspend fun <T> await(call: SuspendCall<T>): T = suspendCoroutineUninterceptedOrReturn { call.call(it) }
}

/** Flows as Java sees them. */
internal object Flows {
    /** So many elements are asked for at most that were not collected yet. */
    private const val AHEAD = 256

    private const val PIECE_BYTES = 128 * 1024

    /**
     * What [publisher] emits.
     *
     * The adapter of kotlinx-coroutines fails when it is cancelled before the publisher has called `onSubscribe`, as those of the JDK do late.
     */
    @JvmStatic
    fun <T : Any> of(publisher: Publisher<T>): Flow<T> = flow {
        val receiver = Receiver<T>()
        try {
            publisher.subscribe(receiver)
            for (element in receiver.arrived) {
                emit(element)
                receiver.collected()
            }
        } finally {
            receiver.cancel()
        }
    }

    /** The bytes of [input] to its end, in pieces. Reading it blocks a thread that is there for that. */
    @JvmStatic
    fun of(input: InputStream): Flow<ByteArray> = flow {
        while (true) {
            val piece = input.readNBytes(PIECE_BYTES)
            if (piece.isEmpty()) return@flow
            emit(piece)
        }
    }.flowOn(Dispatchers.IO)

    /** The elements of [all], taken as they are collected, on a thread that may block. */
    @JvmStatic
    fun <T> of(all: Iterable<T>): Flow<T> = all.asFlow().flowOn(Dispatchers.IO)

    /** What [flow] emits, each as what [wrap] makes of it. */
    @JvmStatic
    fun <T, R> map(flow: Flow<T>, wrap: Function<T, R>): Flow<R> = flow.map { wrap.apply(it) }

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
            if (++unasked < AHEAD / 2) return
            unasked = 0
            subscription.get()?.request(AHEAD / 2L)
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

    /** [events][Nats.events] up to the last one of [nats]; nothing if it is closed already. */
    @JvmStatic
    fun events(nats: Nats): Flow<NatsEvent> = Lives.connections(nats).map(::ofOne).let { it.singleOrNull() ?: merged(it) }

    private fun merged(flows: List<Flow<NatsEvent>>): Flow<NatsEvent> = flow {
        coroutineScope {
            val events = Channel<NatsEvent>()
            // At once, unlike `merge`: what happens right after the call is not to be missed.
            val all = flows.map { one -> launch(start = CoroutineStart.UNDISPATCHED) { one.collect(events::send) } }
            launch(start = CoroutineStart.UNDISPATCHED) {
                all.joinAll()
                events.close()
            }
            emitAll(events)
        }
    }

    private fun ofOne(connection: NatsConnection): Flow<NatsEvent> = flow {
        try {
            // Looked at when the events are being collected: the end is either seen here or told then.
            val events = connection.events.onSubscription { if (connection.state.value == ConnectionState.Closed) throw Over() }
            events.transformWhile { event ->
                emit(event)
                event !is NatsEvent.Closed
            }.collect { emit(it) }
        } catch (_: Over) {
            // Complete.
        }
    }

    private class Over : RuntimeException(null, null, false, false)
}
