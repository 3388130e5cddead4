package dev.midge.nats.internal.client

import dev.midge.nats.Headers
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.protocol.ProtocolEncoder
import dev.midge.nats.internal.protocol.RequestEncoder
import kotlinx.io.Buffer
import java.nio.ByteBuffer

/** Encodes requests into the outbound buffer, as [Publisher] does with messages. */
internal class RequestSender(supervisor: ConnectionSupervisor, private val publisher: Publisher, private val replies: RequestMultiplexer) {
    private val outbound = supervisor.outbound
    private val server = supervisor.server
    private val log = supervisor.wireLog

    /** Appends the request with [token], or nothing; `false` if the connection is not open or the buffer is full. */
    fun trySend(subject: Subject, payload: ByteArray, headers: Headers, token: Long, inPlace: Boolean): Boolean =
        append(subject, headers, token, payload.size, inPlace) { it.put(payload) }

    fun trySend(subject: Subject, payload: Buffer, headers: Headers, token: Long, inPlace: Boolean): Boolean =
        append(subject, headers, token, publisher.size(payload), inPlace, payload::drainTo)

    private inline fun append(
        subject: Subject,
        headers: Headers,
        token: Long,
        payloadSize: Int,
        inPlace: Boolean,
        payload: (ByteBuffer) -> Unit,
    ): Boolean {
        if (!outbound.accepting) return false
        val head = headerWire(headers)
        val limits = server.limits
        publisher.check(head, payloadSize, limits)
        val size = RequestEncoder.size(subject.wire, replies.prefixWire, token, head, payloadSize)
        // Not with a log of the wire: the answer might be in it before the frame.
        val now = inPlace && !log.enabled
        val appended = outbound.appendMessages(size, 1, inPlace = now, limits = limits) {
            RequestEncoder.head(it, subject.wire, replies.prefixWire, token, head, payloadSize)
            payload(it)
            ProtocolEncoder.endPayload(it)
        }
        if (appended && log.enabled) log.sent(PublishFrame.line(subject.wire, replies.replyWire(token), head, payloadSize))
        return appended
    }
}
