package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer
import java.nio.channels.SocketChannel

/** A blocking socket and direct memory: a read or a write is one system call and no copy in the JVM. */
internal class PlainWire(private val channel: SocketChannel) : Wire {
    override fun allocate(bytes: Int): ByteBuffer = ByteBuffer.allocateDirect(bytes)

    override fun read(buffer: ByteBuffer): Int = channel.read(buffer)

    @Synchronized
    override fun write(buffer: ByteBuffer) {
        while (buffer.hasRemaining()) channel.write(buffer)
    }

    override fun close() = channel.close()
}
