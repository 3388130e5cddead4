package dev.midge.nats.internal.transport

import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.writeFully
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.nio.ByteBuffer

/** A Ktor socket by its own channels: slower than [KtorTcpTransport], for sockets that do not show their NIO channel. */
internal class KtorChannelTransport(private val socket: Socket, private val selector: SelectorManager) : Transport {
    override val input: ByteReadChannel = socket.openReadChannel()
    private val output = socket.openWriteChannel()

    override suspend fun write(bytes: ByteBuffer) {
        output.writeFully(bytes)
        output.flush()
    }

    override suspend fun close() {
        withContext(NonCancellable) {
            socket.close()
            socket.socketContext.join()
            // Only now: the socket deregisters itself.
            selector.close()
        }
    }
}
