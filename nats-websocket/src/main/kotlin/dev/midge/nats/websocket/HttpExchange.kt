package dev.midge.nats.websocket

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ProtocolException
import dev.midge.nats.internal.transport.Transport
import io.ktor.http.cio.RequestResponseBuilder
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readByte
import kotlinx.io.EOFException
import kotlinx.io.readByteArray
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer

internal const val HTTP_1_1 = "HTTP/1.1"

/** A server's or proxy's answer, without a body. */
internal class HttpAnswer(val status: Int, private val reason: String, private val headers: Map<String, String>) {
    /** The value of a header, or `null`; several of one name are one list. */
    operator fun get(name: String): String? = headers[name.lowercase()]

    /** The elements of a header that is a list. */
    fun list(name: String): List<String> = get(name).orEmpty().split(',').map(String::trim).filter(String::isNotEmpty)

    override fun toString(): String = "$status $reason".trim()
}

/**
 * Sends the request that [build] makes and returns the answer of [server]. What follows its header stays unread.
 *
 * @throws ProtocolException if it is no HTTP, or too long.
 */
internal suspend fun Transport.exchange(server: String, build: RequestResponseBuilder.() -> Unit): HttpAnswer {
    val builder = RequestResponseBuilder()
    val request = try {
        builder.apply(build).emptyLine()
        builder.build().readByteArray()
    } finally {
        builder.release()
    }
    write(ByteBuffer.wrap(request))
    val head = try {
        input.readHead(server)
    } catch (e: EOFException) {
        throw ConnectionLostException("$server closed the connection instead of answering the HTTP request", e)
    }
    return parse(head) ?: throw noHttp(server)
}

/** By hand: Ktor's parser knows a limit for a line that is shorter than that of the head. `null` if [head] is none. */
private fun parse(head: ByteArray): HttpAnswer? {
    // A line that begins with a blank goes on with the one before (RFC 9112, 5.2).
    val lines = String(head, Charsets.ISO_8859_1).removeSuffix("\r\n\r\n").replace(FOLD, " ").split("\r\n")
    val (status, reason) = STATUS_LINE.matchEntire(lines.first())?.destructured ?: return null
    val headers = LinkedHashMap<String, String>()
    for (line in lines.drop(1)) {
        val (name, value) = HEADER_LINE.matchEntire(line)?.destructured ?: return null
        headers.merge(name.lowercase(), value.trim(' ', '\t')) { before, next -> "$before, $next" }
    }
    return HttpAnswer(status.toInt(), reason, headers)
}

/** Up to its end; what follows stays unread. */
private suspend fun ByteReadChannel.readHead(server: String): ByteArray {
    val head = ByteArrayOutputStream()
    var matched = 0
    while (matched < END.size) {
        if (head.size() == HEAD_BYTES) throw ProtocolException("the HTTP answer of $server has no end within $HEAD_BYTES B")
        val byte = readByte()
        head.write(byte.toInt())
        matched = if (byte == END[matched]) {
            matched + 1
        } else if (byte == END[0]) {
            1
        } else {
            0
        }
        if (head.size() == START.size && !head.toByteArray().contentEquals(START)) throw noHttp(server)
    }
    return head.toByteArray()
}

private fun noHttp(server: String) =
    ProtocolException("$server does not answer by HTTP; the URL has to name the port at which the server listens for WebSockets")

/** What gateways send, cookies included, is far shorter. */
private const val HEAD_BYTES = 16 * 1024
private val START = "HTTP/".encodeToByteArray()
private val END = "\r\n\r\n".encodeToByteArray()
private val FOLD = Regex("\r\n[ \t]+")

/** RFC 9112, 4. The words after the status may hold anything but line ends. */
private val STATUS_LINE = Regex("HTTP/1\\.[0-9] ([1-5][0-9]{2})(?: ([^\r\n]*))?")
private val HEADER_LINE = Regex("([0-9A-Za-z!#$%&'*+.^_`|~-]+):([^\r\n]*)")
