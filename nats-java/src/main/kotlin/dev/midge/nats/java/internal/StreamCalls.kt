package dev.midge.nats.java.internal

import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.NatsConsumer
import kotlinx.coroutines.flow.Flow
import java.time.Duration
import kotlin.time.toKotlinDuration

/** Calls of JetStream whose arguments are of a type that Java cannot name: Kotlin's Duration. */
internal object StreamCalls {
    @JvmStatic
    suspend fun ackConfirmed(message: JetStreamMessage, timeout: Duration?): Unit = message.ackConfirmed(timeout?.toKotlinDuration())

    @JvmStatic
    suspend fun nak(message: JetStreamMessage, delay: Duration): Unit = message.nak(delay.toKotlinDuration())

    @JvmStatic
    suspend fun next(consumer: NatsConsumer, within: Duration, group: String?): JetStreamMessage? =
        consumer.next(within.toKotlinDuration(), group)

    @JvmStatic
    fun fetch(consumer: NatsConsumer, max: Int, within: Duration, maxBytes: Int, noWait: Boolean, group: String?): Flow<JetStreamMessage> =
        consumer.fetch(max, within.toKotlinDuration(), maxBytes, noWait, group)
}
