package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.transport.Transport
import kotlinx.coroutines.yield

/** Moves the batches of one [lane] to the [Transport]: the only writer of a connection's socket. */
internal class WriterLoop(private val outbound: OutboundBuffer, private val lane: OutboundLane, private val transport: Transport) {
    /** Returns once the lane was closed and everything in it was written; throws what the transport throws. */
    suspend fun run() {
        while (true) {
            val batch = outbound.take(lane) ?: return
            // Who has the writer in its own thread is to go on: the frames of others are not its business.
            if (lane.dispatcher.hasServedCaller) yield()
            val size = batch.bytes.remaining()
            transport.write(batch.bytes)
            outbound.written(lane, batch, size)
            lane.dispatcher.written()
        }
    }
}
