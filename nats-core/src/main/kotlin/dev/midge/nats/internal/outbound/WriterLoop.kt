package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.transport.Transport

/** Moves the batches of one [lane] to the [Transport]: the only writer of a connection's socket. */
internal class WriterLoop(private val outbound: OutboundBuffer, private val lane: OutboundLane, private val transport: Transport) {
    /** Returns once the lane was closed and everything in it was written; throws what the transport throws. */
    suspend fun run() {
        while (true) {
            val batch = outbound.take(lane) ?: return
            val size = batch.bytes.remaining()
            transport.write(batch.bytes)
            outbound.written(lane, batch, size)
        }
    }
}
