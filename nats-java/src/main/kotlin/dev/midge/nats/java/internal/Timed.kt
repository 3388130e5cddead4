package dev.midge.nats.java.internal

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Nats
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.TypedSubject
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.future.future
import java.time.Duration
import java.util.concurrent.CompletableFuture
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** Calls whose arguments or results are of a type that Java cannot name: Kotlin's Duration. */
internal object Timed {
    @JvmStatic
    suspend fun request(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        nats.request(subject, payload, headers, timeout?.toKotlinDuration())

    /** The connection for a message to [subject], chosen once for all that a call tries with it. */
    @JvmStatic
    @OptIn(InternalNatsApi::class)
    fun carrying(nats: NatsOperations, subject: Subject): NatsOperations = nats.seam(subject).connection

    /** `null` if a coroutine is needed. */
    @JvmStatic
    @Throws(InterruptedException::class)
    @OptIn(InternalNatsApi::class)
    fun requestOnThread(nats: NatsOperations, subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage? =
        nats.requestOnThread(subject, payload, headers, timeout?.toKotlinDuration())

    /** Makes a coroutine only if there is more to wait for than the reply. */
    @JvmStatic
    @OptIn(InternalNatsApi::class)
    fun requestFuture(
        nats: NatsOperations,
        subject: Subject,
        payload: ByteArray,
        headers: Headers,
        timeout: Duration?,
        dispatcher: CoroutineDispatcher,
    ): CompletableFuture<NatsMessage> {
        val seam = nats.seam(subject)
        val limit = timeout?.toKotlinDuration()
        return seam.requestFuture(subject, payload, headers, limit, dispatcher)
            ?: CoroutineScope(dispatcher).future(start = CoroutineStart.UNDISPATCHED) {
                seam.connection.request(subject, payload, headers, limit)
            }
    }

    @JvmStatic
    suspend fun <T, R> request(subject: TypedSubject<T>, value: T, replies: PayloadCodec<R>, headers: Headers, timeout: Duration?): R =
        subject.request(value, replies, headers, timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun ping(nats: NatsOperations, timeout: Duration?): Duration = nats.ping(timeout?.toKotlinDuration()).toJavaDuration()

    @JvmStatic
    suspend fun drain(subscription: Subscription, timeout: Duration?): Unit = subscription.drain(timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun drain(nats: Nats, timeout: Duration?): Unit = nats.drain(timeout?.toKotlinDuration())
}
