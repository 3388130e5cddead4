package dev.midge.nats.bench.client

import java.net.Socket
import java.net.SocketException

/** A socket that has shaken hands with a server. One thread reads; any may write. */
internal class RawSocket(private val socket: Socket) : AutoCloseable {
    private val input = socket.getInputStream()
    private val output = socket.getOutputStream()
    private val buffer = ByteArray(BUFFER_BYTES)

    /** The JSON of the server's INFO. */
    val info: String = readInfo()

    init {
        write(RawFrames.CONNECT.encodeToByteArray())
        flush()
    }

    @Synchronized
    fun write(bytes: ByteArray, length: Int = bytes.size) = output.write(bytes, 0, length)

    /** Writes PING and reads until the server's PONG. */
    fun flush() {
        write(RawFrames.PING.encodeToByteArray())
        val counter = FrameCounter(messageSize = 0)
        while (counter.pongs == 0) read(counter)
    }

    /** Reads what is there, waits if there is nothing, and returns how many messages ended in it. PINGs are answered. */
    fun read(counter: FrameCounter): Int {
        val length = input.read(buffer)
        if (length < 0) throw SocketException("the server closed the connection")
        val pings = counter.pings
        val messages = counter.feed(buffer, length)
        repeat(counter.pings - pings) { write(RawFrames.PONG.encodeToByteArray()) }
        return messages
    }

    private fun readInfo(): String {
        val line = StringBuilder()
        do {
            val char = input.read()
            check(char >= 0) { "the server closed the connection before INFO" }
            line.append(char.toChar())
        } while (char != '\n'.code)
        return line.removePrefix("INFO ").toString()
    }

    val isClosed: Boolean
        get() = socket.isClosed

    override fun close() = socket.close()

    private companion object {
        const val BUFFER_BYTES = 64 * 1024
    }
}
