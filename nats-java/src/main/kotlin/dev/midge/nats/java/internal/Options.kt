package dev.midge.nats.java.internal

import dev.midge.nats.AuthResponse
import dev.midge.nats.ConnectTarget
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.ServerCandidate
import dev.midge.nats.ServerInfo
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.WhileDisconnected
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.runInterruptible
import java.time.Duration
import java.util.function.Function
import java.util.function.IntFunction
import java.util.function.Supplier
import java.util.function.UnaryOperator
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** What of the options Java cannot say or read: Kotlin's durations, arguments that are left out, suspending functions. */
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

    @JvmStatic
    fun nkey(seed: Supplier<CharArray>): NatsAuth.NKey = NatsAuth.NKey { interruptible { seed.get() } }

    @JvmStatic
    fun supplied(supplier: Supplier<NatsAuth>): NatsAuth = NatsAuth.Supplied { interruptible { supplier.get() } }

    @JvmStatic
    fun authenticator(function: Function<ServerInfo, AuthResponse>): NatsAuth =
        NatsAuth.Authenticator { info -> interruptible { function.apply(info) } }

    /** The core calls this one and the next in the connection's own coroutine, which must not be blocked. */
    @JvmStatic
    fun onConnecting(hook: UnaryOperator<ConnectTarget>, dispatcher: CoroutineDispatcher): suspend (ConnectTarget) -> ConnectTarget =
        { target -> apart(dispatcher) { hook.apply(target) } }

    @JvmStatic
    fun headerSupplier(supplier: Supplier<Map<String, String>>, dispatcher: CoroutineDispatcher): suspend () -> Map<String, String> =
        { apart(dispatcher) { supplier.get() } }

    /** Blocks the thread that calls it; interrupting that thread cancels [hook]. */
    @JvmStatic
    fun blocking(hook: suspend (ConnectTarget) -> ConnectTarget): UnaryOperator<ConnectTarget> =
        UnaryOperator { target -> runBlocking { hook(target) } }

    /** As the other one. */
    @JvmStatic
    fun blocking(supplier: suspend () -> Map<String, String>): Supplier<Map<String, String>> = Supplier { runBlocking { supplier() } }

    /** Runs [function] on this thread, which is interrupted when the caller is cancelled. */
    private suspend fun <T> interruptible(function: () -> T): T = runInterruptible { function() }

    /** As [interruptible] in [dispatcher], but the caller does not wait for a function that goes on when it is interrupted. */
    private suspend fun <T> apart(dispatcher: CoroutineDispatcher, function: () -> T): T {
        val result = CoroutineScope(dispatcher).async { interruptible(function) }
        try {
            return result.await()
        } catch (e: CancellationException) {
            // This attempt's own passes; one from within is a failure like any other, also that of an executor which was shut down.
            currentCoroutineContext().ensureActive()
            throw IllegalStateException("a function that the options name was cancelled, or the executor does not run it", e)
        } finally {
            result.cancel()
        }
    }
}
