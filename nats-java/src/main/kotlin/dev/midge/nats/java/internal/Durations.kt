package dev.midge.nats.java.internal

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Nats
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsOptions
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.ServerCandidate
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.WhileDisconnected
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.TypedSubject
import kotlinx.coroutines.flow.Flow
import java.time.Duration
import java.util.function.IntFunction
import java.util.function.Predicate
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** What of the options Java cannot say or read: Kotlin's durations, and arguments that are left out. */
internal object Options {
    @JvmStatic
    fun defaults(): NatsOptions = NatsOptions()

    @JvmStatic
    fun timeouts(
        connect: Duration,
        request: Duration,
        flush: Duration,
        drain: Duration,
        close: Duration,
        pingInterval: Duration,
        maxPingsOutstanding: Int,
    ): TimeoutOptions = TimeoutOptions(
        connect.toKotlinDuration(),
        request.toKotlinDuration(),
        flush.toKotlinDuration(),
        drain.toKotlinDuration(),
        close.toKotlinDuration(),
        pingInterval.toKotlinDuration(),
        maxPingsOutstanding,
    )

    @JvmStatic
    fun connect(options: TimeoutOptions): Duration = options.connect.toJavaDuration()

    @JvmStatic
    fun request(options: TimeoutOptions): Duration = options.request.toJavaDuration()

    @JvmStatic
    fun flush(options: TimeoutOptions): Duration = options.flush.toJavaDuration()

    @JvmStatic
    fun drain(options: TimeoutOptions): Duration = options.drain.toJavaDuration()

    @JvmStatic
    fun close(options: TimeoutOptions): Duration = options.close.toJavaDuration()

    @JvmStatic
    fun pingInterval(options: TimeoutOptions): Duration = options.pingInterval.toJavaDuration()

    @JvmStatic
    fun reconnect(
        wait: Duration,
        jitter: Duration,
        jitterTls: Duration,
        multiplier: Double,
        maxWait: Duration,
        maxReconnects: Int,
        retryFirstConnect: Boolean,
        ignoreDiscoveredServers: Boolean,
        ignoreAuthErrors: Boolean,
        whileDisconnected: WhileDisconnected,
        failRequests: Boolean,
        delay: IntFunction<Duration>?,
        selectServer: ((List<ServerCandidate>) -> ServerCandidate?)?,
    ): ReconnectOptions = ReconnectOptions(
        wait.toKotlinDuration(),
        jitter.toKotlinDuration(),
        jitterTls.toKotlinDuration(),
        multiplier,
        maxWait.toKotlinDuration(),
        maxReconnects,
        retryFirstConnect,
        ignoreDiscoveredServers,
        ignoreAuthErrors,
        whileDisconnected,
        failRequests,
        delay?.let { function -> { failures -> function.apply(failures).toKotlinDuration() } },
        selectServer,
    )

    @JvmStatic
    fun wait(options: ReconnectOptions): Duration = options.wait.toJavaDuration()

    @JvmStatic
    fun jitter(options: ReconnectOptions): Duration = options.jitter.toJavaDuration()

    @JvmStatic
    fun jitterTls(options: ReconnectOptions): Duration = options.jitterTls.toJavaDuration()

    @JvmStatic
    fun maxWait(options: ReconnectOptions): Duration = options.maxWait.toJavaDuration()

    @JvmStatic
    fun delay(options: ReconnectOptions): IntFunction<Duration>? =
        options.delay?.let { function -> IntFunction { failures -> function(failures).toJavaDuration() } }

    @JvmStatic
    fun suspendFor(timeout: Duration): WhileDisconnected.Suspend = WhileDisconnected.Suspend(timeout.toKotlinDuration())

    @JvmStatic
    fun timeout(suspend: WhileDisconnected.Suspend): Duration = suspend.timeout.toJavaDuration()

    @JvmStatic
    fun candidate(url: String, isDiscovered: Boolean, failures: Int, delay: Duration): ServerCandidate =
        ServerCandidate(url, isDiscovered, failures, delay.toKotlinDuration())

    @JvmStatic
    fun delay(candidate: ServerCandidate): Duration = candidate.delay.toJavaDuration()
}

/** Calls whose arguments or results are of a type that Java cannot name: Kotlin's Duration. */
internal object Timed {
    @JvmStatic
    suspend fun request(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        nats.request(subject, payload, headers, timeout?.toKotlinDuration())

    /** `null` if a coroutine is needed. */
    @JvmStatic
    @Throws(InterruptedException::class)
    @OptIn(InternalNatsApi::class)
    fun requestOnThread(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? =
        nats.requestOnThread(subject, payload, headers, timeout?.toKotlinDuration())

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
    suspend fun drain(nats: Nats, timeout: Duration?): Unit = nats.drain(timeout?.toKotlinDuration())
}
