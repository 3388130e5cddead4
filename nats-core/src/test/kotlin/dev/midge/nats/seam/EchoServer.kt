package dev.midge.nats.seam

import java.io.BufferedInputStream
import java.io.BufferedOutputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.SocketException
import kotlin.concurrent.thread

/** A server for one client, whose every request it answers itself with the payload, in a thread of its own. */
class EchoServer : AutoCloseable {
    private val listener = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
    val port: Int = listener.localPort
    val thread: Thread = thread(isDaemon = true, name = "echo") {
        try {
            serve()
        } catch (e: SocketException) {
            // Closed.
        }
    }

    private fun serve() = listener.accept().use { socket ->
        socket.tcpNoDelay = true
        val input = BufferedInputStream(socket.getInputStream(), BUFFER)
        val output = BufferedOutputStream(socket.getOutputStream(), BUFFER)
        output.say("INFO {\"server_id\":\"E\",\"version\":\"2.10.27\",\"proto\":1,\"headers\":true,\"max_payload\":1048576}\r\n")
        output.flush()
        var sid = ""
        while (true) {
            val words = (input.line() ?: return).split(' ')
            when (words[0]) {
                "SUB" -> sid = words.last()

                "PING" -> output.say("PONG\r\n")

                "PUB" -> {
                    val payload = input.readNBytes(words.last().toInt() + 2)
                    output.say("MSG ${words[2]} $sid ${words.last()}\r\n")
                    output.write(payload)
                }
            }
            if (input.available() == 0) output.flush()
        }
    }

    private fun BufferedOutputStream.say(text: String) = write(text.toByteArray(Charsets.ISO_8859_1))

    private fun BufferedInputStream.line(): String? {
        val line = StringBuilder()
        while (true) {
            when (val byte = read()) {
                -1 -> return null
                '\r'.code -> Unit
                '\n'.code -> return line.toString()
                else -> line.append(byte.toChar())
            }
        }
    }

    override fun close() {
        listener.close()
    }

    private companion object {
        const val BUFFER = 64 * 1024
    }
}
