package dev.midge.nats.internal.client

import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.offReader
import dev.midge.nats.internal.outbound.Batch
import dev.midge.nats.internal.outbound.ServerLimits
import dev.midge.nats.internal.protocol.ClientFrames
import dev.midge.nats.internal.protocol.RawMessages
import java.nio.ByteBuffer

/** Appends protocol bytes that a user wrote. */
internal class RawWriter(private val supervisor: ConnectionSupervisor) {
    private val outbound = supervisor.outbound

    suspend fun write(operations: ByteBuffer, repeat: Int, checked: Boolean) {
        require(repeat >= 1) { "repeat is $repeat; it counts how often to write" }
        if (checked) {
            supervisor.awaitPublishable()
            val limits = supervisor.server.limits
            writeMessages(operations, repeat, RawMessages.count(operations, limits.maxPayload, limits.takesHeaders), limits)
        } else {
            require(endsWithLineEnd(operations)) { "the last line has no end, CR LF" }
            repeat(repeat) { writeOpaque(operations) }
        }
    }

    private suspend fun writeMessages(frames: ByteBuffer, repeat: Int, messages: Int, limits: ServerLimits) {
        try {
            appendMessages(frames, repeat, messages, limits)
        } catch (e: Throwable) {
            outbound.passOnRoom()
            throw e
        }
    }

    private suspend fun appendMessages(frames: ByteBuffer, repeat: Int, messages: Int, limits: ServerLimits) {
        val size = frames.remaining()
        val atOnce = (Batch.STANDARD_BYTES / size).coerceIn(1, repeat)
        var left = repeat
        while (left > 0) {
            val copies = minOf(atOnce, left)
            val appended = outbound.appendMessages(copies * size, copies * messages, limits = limits) { out ->
                repeat(copies) { out.put(frames.duplicate()) }
            }
            if (appended) {
                left -= copies
                if (supervisor.wireLog.enabled) repeat(copies) { ClientFrames.lines(frames).forEach(supervisor.wireLog::sent) }
            } else {
                offReader { supervisor.awaitRoom(copies * size) }
                supervisor.awaitPublishable()
            }
        }
    }

    private suspend fun writeOpaque(bytes: ByteBuffer) {
        while (true) {
            supervisor.awaitConnected()
            if (outbound.appendOpaque(bytes.duplicate())) return
            offReader { outbound.awaitRoom(bytes.remaining()) }
        }
    }

    private fun endsWithLineEnd(bytes: ByteBuffer): Boolean {
        val end = bytes.limit()
        return bytes.remaining() >= 2 && bytes.get(end - 2) == '\r'.code.toByte() && bytes.get(end - 1) == '\n'.code.toByte()
    }
}
