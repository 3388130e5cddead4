package dev.midge.nats.bench.jmh

import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketException
import kotlin.concurrent.thread

/**
 * The least that a client takes for a server: it shakes hands with one client, answers a PING and discards everything else. What it costs
 * is one thread's reads, so that a benchmark shows the client.
 */
class LoopbackServer : AutoCloseable {
    private val listener = ServerSocket(0, 1, InetAddress.getLoopbackAddress())

    @Volatile
    private var client: Socket? = null

    val url = "nats://127.0.0.1:${listener.localPort}"

    init {
        thread(isDaemon = true, name = "loopback-server") {
            try {
                listener.accept().also { client = it }.use(::serve)
            } catch (e: SocketException) {
                if (!listener.isClosed) throw e
            }
        }
    }

    /** Writes [bytes] to the client, as they are. */
    fun send(bytes: ByteArray) = checkNotNull(client) { "no client is connected" }.getOutputStream().write(bytes)

    override fun close() {
        listener.close()
        client?.close()
    }

    private fun serve(socket: Socket) {
        socket.tcpNoDelay = true
        val output = socket.getOutputStream()
        output.write(INFO)
        val end = LastBytes(socket.getInputStream())
        // Clients wait for the PONG: their PING is the last thing that a read brings.
        while (end.read()) {
            if (end.contentEquals(PING)) output.write(PONG)
        }
    }

    /** Discards a stream and remembers its last six bytes, however they were split over reads. */
    private class LastBytes(private val input: InputStream) {
        private val buffer = ByteArray(KEPT + READ_BYTES)

        fun read(): Boolean {
            val length = input.read(buffer, KEPT, READ_BYTES)
            if (length > 0) buffer.copyInto(buffer, 0, length, length + KEPT)
            return length >= 0
        }

        fun contentEquals(expected: ByteArray): Boolean = expected.indices.all { buffer[it] == expected[it] }
    }

    private companion object {
        val INFO = "INFO {\"server_id\":\"LOOPBACK\",\"version\":\"2.10.0\",\"proto\":1,\"max_payload\":8388608}\r\n".encodeToByteArray()
        val PING = "PING\r\n".encodeToByteArray()
        val PONG = "PONG\r\n".encodeToByteArray()
        const val KEPT = 6
        const val READ_BYTES = 256 * 1024
    }
}
