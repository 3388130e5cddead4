package dev.midge.nats.internal.transport

import io.ktor.utils.io.ByteReadChannel
import java.nio.ByteBuffer
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult.Status

/**
 * What [source] brings, decrypted by [engine]. [unread] holds what was read from it before and may be replaced.
 *
 * The stream ends with the server's close_notify, and also without one: the NATS protocol itself tells a truncated message from a whole one.
 */
internal class TlsReadChannel(private val source: ByteReadChannel, private val engine: SSLEngine, unread: ByteBuffer) :
    UnpumpedReadChannel() {
    /** Ready to be unwrapped, from its position to its limit. */
    private val records: ByteBuffer = unread
    private var plain = ByteBuffer.allocate(engine.session.applicationBufferSize)

    /** Whether there was more than [plain] has room for. */
    private var isTight = false

    override suspend fun fill(): Boolean {
        if (isTight && plain.capacity() < LARGE_READ) plain = ByteBuffer.allocate(LARGE_READ)
        plain.clear()
        while (true) {
            val result = engine.unwrap(records, plain)
            when (result.status) {
                Status.OK -> if (result.bytesConsumed() == 0) throw TlsTransport.renegotiation()

                Status.BUFFER_UNDERFLOW -> return lendPlain() || readRecords()

                Status.BUFFER_OVERFLOW -> {
                    isTight = lendPlain()
                    if (isTight) return true
                    plain = ByteBuffer.allocate(maxOf(engine.session.applicationBufferSize, 2 * plain.capacity()))
                }

                Status.CLOSED -> return lendPlain()
            }
        }
    }

    /** Whether there was any. */
    private fun lendPlain(): Boolean {
        lend(plain.array(), 0, plain.position())
        return plain.position() > 0
    }

    override fun goBackToSelector(): Unit = source.continueOnSelector()

    private suspend fun readRecords(): Boolean {
        records.compact()
        try {
            return source.readInto(records) >= 0
        } finally {
            records.flip()
        }
    }

    private companion object {
        /** Four full records: they are parsed together. */
        const val LARGE_READ = 66 * 1024
    }
}
