package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamTimeoutException
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.withTimeoutOrNull

/**
 * What comes next to an inbox that is read for one request.
 *
 * @throws JetStreamTimeoutException if nothing does in time.
 * @throws ConnectionClosedException if the connection was closed meanwhile.
 */
internal suspend fun ReceiveChannel<NatsMessage>.next(channel: ApiChannel, subject: String, stream: String): NatsMessage {
    val next = withTimeoutOrNull(channel.options.timeout) { receiveCatching() }
        ?: throw JetStreamTimeoutException(subject, stream, null, channel.options.timeout, null)
    next.exceptionOrNull()?.let { throw it }
    return next.getOrNull() ?: throw ConnectionClosedException("the connection was closed while the stream '$stream' was read")
}
