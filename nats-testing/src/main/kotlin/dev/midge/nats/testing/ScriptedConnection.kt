package dev.midge.nats.testing

import dev.midge.nats.testing.internal.scripted.printable
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.Socket
import java.net.SocketTimeoutException
import java.time.Duration
import java.util.concurrent.CountDownLatch
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocket

/**
 * One connection of a [ScriptedNatsServer], as its script sees it: each function is one step and returns when it is done. Confined to the
 * script's thread. Text is UTF-8.
 *
 * Every step that waits for the client throws [AssertionError], with what was expected and what came, once the client has been silent for
 * the server's time limit, and [IOException] if the connection fails otherwise.
 */
public class ScriptedConnection internal constructor(
    private val plain: Socket,
    private val timeout: Duration,
    private val settle: () -> Unit,
) {
    private val abandoned = CountDownLatch(1)

    @Volatile
    private var socket: Socket = plain

    /** What the script does now, for messages. */
    @Volatile
    internal var step: String = "its start"
        private set

    internal val isAbandoned: Boolean get() = abandoned.count == 0L

    init {
        plain.tcpNoDelay = true
        plain.soTimeout = Math.toIntExact(timeout.toMillis())
    }

    /** Sends [text] as it is; a protocol line needs its `\r\n`. */
    @Throws(IOException::class)
    public fun send(text: String): Unit = send(text.encodeToByteArray())

    /** Sends [bytes]. */
    @Throws(IOException::class)
    public fun send(bytes: ByteArray) {
        step = "send(${printable(bytes)})"
        socket.getOutputStream().write(bytes)
    }

    /** Sends [text] in pieces of [pieceBytes], each written by itself. */
    @JvmOverloads
    @Throws(IOException::class)
    public fun sendInPieces(text: String, pieceBytes: Int = 1): Unit = sendInPieces(text.encodeToByteArray(), pieceBytes)

    /** Sends [bytes] in pieces of [pieceBytes], each written by itself. */
    @JvmOverloads
    @Throws(IOException::class)
    public fun sendInPieces(bytes: ByteArray, pieceBytes: Int = 1) {
        require(pieceBytes > 0) { "pieceBytes is $pieceBytes, but must be positive." }
        for (start in bytes.indices step pieceBytes) send(bytes.copyOfRange(start, minOf(start + pieceBytes, bytes.size)))
    }

    /** Waits for the next bytes, which must be exactly those of [text]. */
    @Throws(IOException::class)
    public fun expect(text: String): Unit = expect(text.encodeToByteArray())

    /** Waits for the next bytes, which must be exactly [bytes]. */
    @Throws(IOException::class)
    public fun expect(bytes: ByteArray) {
        val came = read("the bytes ${printable(bytes)}") { it.size() == bytes.size }
        if (!came.contentEquals(bytes)) throw AssertionError("Expected the bytes ${printable(bytes)}, but ${printable(came)} came.")
    }

    /**
     * Waits for the next line, which must be [start] or begin with it and a space: `expectLine("CONNECT")`, `expectLine("SUB foo 1")`.
     * Returns the line without its `\r\n`.
     */
    @Throws(IOException::class)
    public fun expectLine(start: String): String {
        val line = readLine("the line ${printable(start.encodeToByteArray())}")
        if (line == start || line.startsWith("$start ")) return line
        throw AssertionError(
            "Expected the line ${printable(start.encodeToByteArray())}, but ${printable(line.encodeToByteArray())} came.",
        )
    }

    /** Waits for the next line, whatever it is, and returns it without its `\r\n`. */
    @Throws(IOException::class)
    public fun readLine(): String = readLine("a line")

    /** Waits for the next [count] bytes, whatever they are. */
    @Throws(IOException::class)
    public fun read(count: Int): ByteArray = read("$count bytes") { it.size() == count }

    /** What every client does at first: sends [info], expects CONNECT and PING, sends PONG. Returns the CONNECT line. */
    @JvmOverloads
    @Throws(IOException::class)
    public fun handshake(info: String = DEFAULT_INFO): String {
        send(info)
        return expectLine("CONNECT").also {
            expectLine("PING")
            send("PONG\r\n")
        }
    }

    /**
     * Speaks TLS from here on, as the server of it: after INFO as NATS servers do, or as the first step of all ("handshake first").
     *
     * @param context has the server's key and certificate, and the trusted authorities for clients' certificates.
     * @param needClientCertificate whether a client without a certificate is refused.
     * @throws javax.net.ssl.SSLException if the handshake fails, for instance because the client refuses the certificate; a script that
     * expects that catches it.
     */
    @JvmOverloads
    @Throws(IOException::class)
    public fun startTls(context: SSLContext, needClientCertificate: Boolean = false) {
        step = "startTls"
        // Nothing was read ahead: whatever the client has sent is still in the socket.
        val secure = context.socketFactory.createSocket(plain, null, true) as SSLSocket
        secure.needClientAuth = needClientCertificate
        socket = secure
        secure.startHandshake()
    }

    /** Waits until the client closes or resets the connection, and returns what it sent before. */
    public fun awaitClose(): ByteArray {
        step = "awaitClose"
        val came = ByteArrayOutputStream()
        try {
            while (true) came.write(socket.getInputStream().read().takeIf { it >= 0 } ?: break)
        } catch (_: SocketTimeoutException) {
            throw AssertionError("Expected the client to close within $timeout, but ${printable(came.toByteArray())} came and no end.")
        } catch (e: IOException) {
            // A reset is an end as well.
            if (isAbandoned) throw e
        }
        return came.toByteArray()
    }

    /** Keeps the connection open and does nothing more, not even read, until the server is closed: the last step of a script. */
    public fun stall() {
        step = "stall"
        settle()
        abandoned.await()
    }

    /** Closes the connection; the client sees the end of the stream. The end of a script does the same. */
    public fun close() {
        step = "close"
        try {
            socket.close()
        } catch (_: IOException) {
            // TLS says good-bye, and the client may be gone.
        }
    }

    /** Resets the connection (RST). */
    @Throws(IOException::class)
    public fun reset() {
        step = "reset"
        socket.setSoLinger(true, 0)
        socket.close()
    }

    /** Ends every step, this one and those to come; may be called from any thread. */
    internal fun abandon() {
        abandoned.countDown()
        // Not by way of TLS, which would wait for the script's own write.
        plain.close()
    }

    private fun readLine(expected: String): String {
        val line = read(expected) { it.endsWithLineFeed() }.decodeToString()
        if (!line.endsWith("\r\n")) throw AssertionError("Expected $expected, but ${printable(line.encodeToByteArray())} ends without \\r.")
        return line.dropLast(2)
    }

    /** Byte by byte, so that what follows stays in the socket. */
    private inline fun read(expected: String, isDone: (RecentBytes) -> Boolean): ByteArray {
        step = "waiting for $expected"
        val came = RecentBytes()
        while (!isDone(came)) {
            val byte =
                try {
                    socket.getInputStream().read()
                } catch (_: SocketTimeoutException) {
                    throw AssertionError("Expected $expected within $timeout, but only ${printable(came.toByteArray())} came.")
                }
            if (byte < 0) throw AssertionError("Expected $expected, but the client closed after ${printable(came.toByteArray())}.")
            came.write(byte)
        }
        return came.toByteArray()
    }

    private class RecentBytes : ByteArrayOutputStream() {
        fun endsWithLineFeed(): Boolean = count > 0 && buf[count - 1] == '\n'.code.toByte()
    }

    /** Ready-made lines. */
    public companion object {
        /** An INFO like that of a real server: headers, 1 MiB of payload, nothing required. */
        public const val DEFAULT_INFO: String =
            "INFO {\"server_id\":\"SCRIPTED\",\"server_name\":\"scripted\",\"version\":\"2.10.27\",\"proto\":1,\"headers\":true," +
                "\"max_payload\":1048576}\r\n"
    }
}
