package dev.midge.nats.websocket

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicReference

/** Answers pings in a coroutine of its own: the reader does not wait for the network to take the answer. */
internal class PongWriter(private val writer: FrameWriter) {
    private val job = SupervisorJob()
    private val scope = CoroutineScope(job + Dispatchers.IO)

    /** The last ping that waits for its answer; earlier ones need none (RFC 6455, 5.5.3). */
    private val last = AtomicReference<ByteArray?>()

    fun onPing(payload: ByteArray) {
        if (last.getAndSet(payload) == null) scope.launch { answer() }
    }

    private suspend fun answer() {
        try {
            writer.control(Opcode.PONG) { last.getAndSet(null) }
        } catch (e: Exception) {
            // The connection's writer or its reader meets the same failure and reports it.
            currentCoroutineContext().ensureActive()
        }
    }

    suspend fun close() {
        job.cancelAndJoin()
    }
}
