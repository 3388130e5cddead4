package dev.midge.nats.websocket

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ProtocolException
import dev.midge.nats.internal.transport.Transport
import io.ktor.http.cio.ParserException
import io.ktor.http.cio.RequestResponseBuilder
import io.ktor.http.cio.parseResponse
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
    try {
        return parse(head) ?: throw noHttp(server)
    } catch (e: ParserException) {
        throw noHttp(server)
    } catch (e: NumberFormatException) {
        throw noHttp(server)
    }
}

private suspend fun parse(head: ByteArray): HttpAnswer? = parseResponse(ByteReadChannel(head))?.use { response ->
    val headers = LinkedHashMap<String, String>()
    for (offset in response.headers.offsets()) {
        val value = response.headers.valueAtOffset(offset).toString()
        headers.merge(response.headers.nameAtOffset(offset).toString().lowercase(), value) { before, next -> "$before, $next" }
    }
    HttpAnswer(response.status, response.statusText.toString(), headers)
}

/** By itself, not by the parser: it would go on for as long as there are headers. */
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
