package dev.midge.nats.java.internal

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.services.PathTrace
import dev.midge.nats.services.ServiceInfo
import dev.midge.nats.services.ServicePing
import dev.midge.nats.services.ServiceStats
import dev.midge.nats.services.Services
import dev.midge.nats.services.requestStream
import dev.midge.nats.services.tracePath
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.time.Duration
import java.util.stream.Stream
import kotlin.time.toKotlinDuration

/** Calls of services whose arguments are of a type that Java cannot name: Kotlin's Duration, and Flows of answers. */
internal object ServiceCalls {
    @JvmStatic
    fun ping(services: Services, name: String?, id: String?, within: Duration?): Flow<ServicePing> =
        if (within == null) services.ping(name, id) else services.ping(name, id, within.toKotlinDuration())

    @JvmStatic
    fun info(services: Services, name: String?, id: String?, within: Duration?): Flow<ServiceInfo> =
        if (within == null) services.info(name, id) else services.info(name, id, within.toKotlinDuration())

    @JvmStatic
    fun stats(services: Services, name: String?, id: String?, within: Duration?): Flow<ServiceStats> =
        if (within == null) services.stats(name, id) else services.stats(name, id, within.toKotlinDuration())

    @JvmStatic
    fun requestStream(nats: NatsOperations, to: Subject, payload: ByteArray, headers: Headers, within: Duration?): Flow<NatsMessage> =
        nats.requestStream(to, payload, headers, within?.toKotlinDuration())

    @JvmStatic
    suspend fun tracePath(nats: NatsOperations, subject: Subject, within: Duration?): PathTrace =
        if (within == null) nats.tracePath(subject) else nats.tracePath(subject, within.toKotlinDuration())

    /** What [handler] returns, taken element by element where it runs, and closed at the end. */
    @JvmStatic
    fun <A, R> streaming(handler: suspend (A) -> Stream<R>): (A) -> Flow<R> = { request ->
        flow { handler(request).use { all -> for (element in all.iterator()) emit(element) } }
    }
}
