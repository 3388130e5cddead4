package dev.midge.nats.testing.internal.embedded

import java.nio.ByteBuffer
import java.nio.channels.SocketChannel

/** A socket as it is. */
internal class PlainChannel(private val socket: SocketChannel) : ClientChannel {
    override val hasUnsent: Boolean get() = false

    override fun read(buffer: ByteBuffer): Int = socket.read(buffer)

    override fun write(buffer: ByteBuffer): Int = socket.write(buffer)

    override fun flush(): Unit = Unit

    override fun awaitsSocket(hasMore: Boolean): Boolean = hasMore

    override fun shutdownOutput() {
        socket.shutdownOutput()
    }

    override fun close(): Unit = socket.close()
}
