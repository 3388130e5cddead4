package dev.midge.nats.bench.nullserver

import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocket

/** TLS over a blocking socket, by the JDK's own `SSLSocket`. */
internal class TlsWire(channel: SocketChannel, context: SSLContext) : Wire {
    private val socket = channel.socket().let {
        context.socketFactory.createSocket(it, it.inetAddress.hostAddress, it.port, true) as SSLSocket
    }
    private val input: InputStream
    private val output: OutputStream

    init {
        socket.useClientMode = false
        socket.startHandshake()
        input = socket.inputStream
        output = socket.outputStream
    }

    override fun allocate(bytes: Int): ByteBuffer = ByteBuffer.allocate(bytes)

    override fun read(buffer: ByteBuffer): Int {
        val length = input.read(buffer.array(), buffer.position(), buffer.remaining())
        if (length > 0) buffer.position(buffer.position() + length)
        return length
    }

    @Synchronized
    override fun write(buffer: ByteBuffer) {
        output.write(buffer.array(), buffer.position(), buffer.remaining())
        buffer.position(buffer.limit())
    }

    override fun close() = socket.close()
}
