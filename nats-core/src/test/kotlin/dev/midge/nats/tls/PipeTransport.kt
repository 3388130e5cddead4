package dev.midge.nats.tls

import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.UnpumpedReadChannel
import io.ktor.utils.io.ByteReadChannel
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import java.nio.ByteBuffer

/** One end of a byte stream in memory. A read brings at most [piece] bytes. */
class PipeTransport private constructor(
    private val incoming: Channel<ByteArray>,
    private val outgoing: Channel<ByteArray>,
    var piece: Int = Int.MAX_VALUE,
) : Transport {
    /** What was written, one element a write. */
    val writes = ArrayList<ByteArray>()

    /** How many more bytes a write takes before it suspends for good. */
    var room = Int.MAX_VALUE

    override val input: ByteReadChannel = object : UnpumpedReadChannel() {
        private var current = ByteBuffer.allocate(0)

        override suspend fun fill(): Boolean {
            if (!current.hasRemaining()) current = ByteBuffer.wrap(incoming.receiveCatching().getOrNull() ?: return false)
            val count = minOf(piece, current.remaining())
            lend(current.array(), current.position(), current.position() + count)
            current.position(current.position() + count)
            return true
        }
    }

    override suspend fun write(bytes: ByteBuffer) {
        val taken = ByteArray(minOf(room, bytes.remaining())).also(bytes::get)
        if (room != Int.MAX_VALUE) room -= taken.size
        writes += taken
        outgoing.send(taken)
        if (bytes.hasRemaining()) awaitCancellation()
    }

    /** Delivers [bytes] to the other end, as an attacker on the way would. */
    suspend fun inject(bytes: ByteArray) = outgoing.send(bytes)

    override suspend fun close() {
        outgoing.close()
    }

    companion object {
        fun pair(): Pair<PipeTransport, PipeTransport> {
            val there = Channel<ByteArray>(Channel.UNLIMITED)
            val back = Channel<ByteArray>(Channel.UNLIMITED)
            return PipeTransport(back, there) to PipeTransport(there, back)
        }
    }
}
