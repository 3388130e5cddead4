package dev.midge.nats.websocket

import java.io.IOException
import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/** An HTTP request without its body. */
class HttpRequest(text: String) {
    private val lines = text.split("\r\n")
    val line = lines.first()

    /** All values of a header. */
    fun headers(name: String): List<String> = lines.drop(1).filter { it.substringBefore(':').equals(name, ignoreCase = true) }
        .map { it.substringAfter(':').trim() }
}

/** What a test says to an [HttpRequest]: bytes to send, and what follows on the socket. */
class HttpReply(val text: String, val then: (Socket) -> Unit = {})

/** Accepts connections and answers the first request of each by [reply]; no answer for `null`. */
class ScriptedHttpServer(private val reply: (HttpRequest) -> HttpReply?) : AutoCloseable {
    private val listener = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    private val sockets = CopyOnWriteArrayList<Socket>()
    val port = listener.localPort
    val requests = ConcurrentLinkedQueue<HttpRequest>()

    init {
        thread(isDaemon = true, name = "scripted-http") {
            try {
                while (true) listener.accept().also(sockets::add).let { thread(isDaemon = true) { serve(it) } }
            } catch (e: IOException) {
                // Closed.
            }
        }
    }

    private fun serve(socket: Socket) {
        try {
            val request = HttpRequest(readHead(socket.getInputStream()))
            requests += request
            val answer = reply(request) ?: return
            socket.getOutputStream().write(answer.text.encodeToByteArray())
            answer.then(socket)
        } catch (e: IOException) {
            // The client has seen enough, or the test is over.
        }
    }

    private fun readHead(input: InputStream): String {
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) {
            val byte = input.read()
            if (byte < 0) throw IOException("the request ends early")
            head.append(byte.toChar())
        }
        return head.toString()
    }

    override fun close() {
        listener.close()
        sockets.forEach(Socket::close)
    }
}

/** A proxy's part: connects with the server of the CONNECT request and passes everything on. */
fun tunnelTo(request: HttpRequest): (Socket) -> Unit = { client ->
    val (host, port) = request.line.split(' ')[1].split(':')
    val server = Socket(host, port.toInt())
    thread(isDaemon = true) { pump(server, client) }
    pump(client, server)
}

private fun pump(from: Socket, to: Socket) {
    try {
        from.getInputStream().copyTo(to.getOutputStream())
        to.shutdownOutput()
    } catch (e: IOException) {
        from.close()
        to.close()
    }
}
