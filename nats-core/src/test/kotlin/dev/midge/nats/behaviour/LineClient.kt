package dev.midge.nats.behaviour

import java.io.BufferedReader
import java.net.Socket
import java.net.URI

/** The plainest client: what no library would send, a test writes itself. */
class LineClient(url: String) : AutoCloseable {
    private val socket = URI(url).let { Socket(it.host, it.port) }.apply { soTimeout = PATIENCE_MILLIS }
    private val input: BufferedReader = socket.getInputStream().bufferedReader()

    init {
        input.readLine()
        send("CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}")
    }

    fun send(line: String) {
        socket.getOutputStream().write("$line\r\n".encodeToByteArray())
    }

    fun line(): String = checkNotNull(input.readLine()) { "the server has hung up" }

    /** The lines that come before the answer to a PING. */
    fun answers(): List<String> {
        send("PING")
        return generateSequence { line() }.takeWhile { it != "PONG" }.toList()
    }

    override fun close(): Unit = socket.close()

    private companion object {
        const val PATIENCE_MILLIS = 20_000
    }
}
