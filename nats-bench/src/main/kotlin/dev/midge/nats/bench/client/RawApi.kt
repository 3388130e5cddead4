package dev.midge.nats.bench.client

import java.io.DataInputStream
import java.net.Socket
import java.net.URI
import kotlin.time.Duration.Companion.seconds

/** Requests over a socket and nothing else: what prepares a measurement must not warm up the client that is measured. */
internal class RawApi(target: Target) : AutoCloseable {
    private val socket = URI(target.url).let { Socket(it.host, it.port) }
    private val input = DataInputStream(socket.getInputStream().buffered())
    private val output = socket.getOutputStream()
    private val inbox = "bench.inbox.${ProcessHandle.current().pid()}"

    init {
        socket.tcpNoDelay = true
        socket.soTimeout = LONGEST.inWholeMilliseconds.toInt()
        output.write(RawFrames.CONNECT.encodeToByteArray() + RawFrames.subscribe(inbox, sid = 1))
    }

    /** Sends [ahead] and then [body] to [subject], and returns the answer's text. */
    fun request(subject: String, body: ByteArray, ahead: ByteArray = ByteArray(0)): String {
        output.write(ahead)
        output.write(RawFrames.publish(subject, inbox, body))
        while (true) {
            val line = readLine()
            when {
                line.startsWith("MSG ") -> return readPayload(line.substringAfterLast(' ').toInt())
                line == "PING" -> output.write(RawFrames.PONG.encodeToByteArray())
                line.startsWith("-ERR") -> error("the server says $line")
            }
        }
    }

    private fun readPayload(size: Int): String = input.readNBytes(size).decodeToString().also { readLine() }

    private fun readLine(): String {
        val line = StringBuilder()
        while (!line.endsWith("\r\n")) line.append(input.readByte().toInt().toChar())
        return line.removeSuffix("\r\n").toString()
    }

    override fun close() = socket.close()

    private companion object {
        /** Nothing that prepares a measurement takes so long, and nothing hangs. */
        val LONGEST = 30.seconds
    }
}
