package dev.midge.nats.java.internal

import dev.midge.nats.ConnectionState
import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsShards
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.TypedSubject
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.future.future
import kotlinx.coroutines.launch
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.Flow.Publisher
import java.util.function.BiConsumer
import java.util.function.Consumer
import java.util.function.Function
import java.util.function.Predicate
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** The call of a suspending function as Java writes it: `continuation -> nats.publish(…, continuation)`. */
internal fun interface SuspendCall<T> {
    fun call(continuation: Continuation<T>): Any?
}

/** Where a [SuspendCall] ends: cancelled by [job], and tells [onEnd] its result or its failure. */
internal class CallEnd<T>(val job: Job, place: CoroutineContext, private val onEnd: BiConsumer<T?, Throwable?>) : Continuation<T> {
    override val context: CoroutineContext = job + place

    override fun resumeWith(result: Result<T>) {
        onEnd.accept(result.getOrNull(), result.exceptionOrNull())
    }
}

/**
 * Goes on wherever it is woken, which may be the connection's reader: for calls that run nothing there but a few lines of this client's own.
 * Without it the core finds such a caller a thread of `Dispatchers.Default`, which costs two hand-overs.
 */
internal object InPlace : ContinuationInterceptor {
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

    @JvmStatic
    fun dispatcher(executor: Executor): CoroutineDispatcher = executor.asCoroutineDispatcher()

    /**
     * Where calls go on that a thread waits for. A view of its own of `Dispatchers.IO`, which finds threads also when handlers block all
     * those that they may have.
     */
    @JvmField
    val FOR_WAITING: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(Runtime.getRuntime().availableProcessors().coerceAtLeast(2))

    /** Where blocking handlers run unless told otherwise: each on a virtual thread if there are any (JDK 21), or else on `Dispatchers.IO`. */
    @JvmField
    val FOR_HANDLERS: CoroutineDispatcher = virtualThreads()?.asCoroutineDispatcher() ?: Dispatchers.IO

    private fun virtualThreads(): ExecutorService? = try {
        Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
    } catch (_: NoSuchMethodException) {
        null
    }
}

/** Flows as Java sees them. */
internal object Publishers {
    /** [flow] for Reactive Streams; its subscribers are called in [dispatcher]. */
    @JvmStatic
    fun <T : Any> of(flow: Flow<T>, dispatcher: CoroutineDispatcher): Publisher<T> = FlowPublisher(flow, dispatcher)

    /** Has [nats] publish what [messages] emits. If that fails, what came before is published first. */
    @JvmStatic
    suspend fun publishAll(nats: NatsOperations, messages: Publisher<OutgoingMessage>) {
        var failure: Throwable? = null
        // A Flow that fails takes with it what the core has not sent yet.
        nats.publishAll(PublisherFlow(messages).catch { failure = it })
        failure?.let { throw it }
    }

    /** [events][NatsConnection.events] up to the last one of [connection]; nothing if it is closed already. */
    @JvmStatic
    fun events(connection: NatsConnection): Flow<NatsEvent> = flow {
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

    /** Calls [listener] for each element in [dispatcher], from this call on. What it throws goes to the thread's handler of such. */
    @JvmStatic
    fun <T : Any> listen(flow: Flow<T>, dispatcher: CoroutineDispatcher, listener: Consumer<in T>): Job =
        CoroutineScope(dispatcher).launch(start = CoroutineStart.UNDISPATCHED) {
            flow.collect { element ->
                try {
                    listener.accept(element)
                } catch (e: Throwable) {
                    val thread = Thread.currentThread()
                    thread.uncaughtExceptionHandler.uncaughtException(thread, e)
                }
            }
        }
}

/** Calls whose arguments or results are of a type that Java cannot name: Kotlin's Duration. */
internal object Timed {
    @JvmStatic
    suspend fun request(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        nats.request(subject, payload, headers, timeout?.toKotlinDuration())

    /** `null` if a coroutine is needed; see the connection's. */
    @JvmStatic
    @Throws(InterruptedException::class)
    @OptIn(InternalNatsApi::class)
    fun requestOnThread(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? =
        (nats as? NatsConnection)?.requestOnThread(subject, payload, headers, timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun <T, R> request(subject: TypedSubject<T>, value: T, replies: PayloadCodec<R>, headers: Headers, timeout: Duration?): R =
        subject.request(value, replies, headers, timeout?.toKotlinDuration())

    @JvmStatic
    fun requestMany(
        nats: NatsOperations,
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        total: Duration?,
        stall: Duration?,
        maxMessages: Int?,
        sentinel: Predicate<NatsMessage>?,
    ): Flow<NatsMessage> {
        val isLast: ((NatsMessage) -> Boolean)? = sentinel?.let { it::test }
        val limits = RequestManyLimits(total?.toKotlinDuration(), stall?.toKotlinDuration(), maxMessages, isLast)
        return nats.requestMany(subject, payload, headers, limits)
    }

    @JvmStatic
    suspend fun ping(nats: NatsOperations, timeout: Duration?): Duration = nats.ping(timeout?.toKotlinDuration()).toJavaDuration()

    @JvmStatic
    suspend fun drain(subscription: Subscription, timeout: Duration?): Unit = subscription.drain(timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun drain(connection: NatsConnection, timeout: Duration?): Unit = connection.drain(timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun drain(pool: NatsConnectionPool, timeout: Duration?): Unit = pool.drain(timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun drain(shards: NatsShards, timeout: Duration?): Unit = shards.drain(timeout?.toKotlinDuration())
}
