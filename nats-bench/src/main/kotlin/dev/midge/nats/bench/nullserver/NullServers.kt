package dev.midge.nats.bench.nullserver

import java.nio.channels.SocketChannel
import javax.net.ssl.SSLContext

/**
 * The null servers of one process: one that drops and one that answers, by each of the [Transport]s.
 *
 * @param tls a server's; without it, there is no TLS.
 */
class NullServers(transports: List<Transport>, tls: SSLContext? = null) : AutoCloseable {
    private val subscriptions = Subscriptions()
    private val servers = transports.flatMap { transport ->
        NullServerMode.entries.map { mode -> Triple(mode, transport, NullServer(layers(transport, tls), conversation(mode))) }
    }

    /** Where each of them listens. */
    val addresses: List<NullServerAddress> = servers.map { (mode, transport, server) ->
        NullServerAddress(mode, transport, "${transport.scheme}://127.0.0.1:${server.port}")
    }

    override fun close() = servers.forEach { (_, _, server) -> server.close() }

    private fun layers(transport: Transport, tls: SSLContext?): (SocketChannel) -> Wire = when (transport) {
        Transport.Tcp -> NullServer::plain
        Transport.Tls -> { channel -> NullServer.encrypted(channel, requireNotNull(tls) { "TLS takes a certificate" }) }
        Transport.WebSocket -> NullServer::framed
    }

    private fun conversation(mode: NullServerMode): (Wire) -> Conversation = when (mode) {
        NullServerMode.Drop -> ::DropConversation
        NullServerMode.Answer -> { wire -> AnswerConversation(wire, subscriptions) }
    }
}

/** What a null server does with messages. */
enum class NullServerMode {
    /** Discards them. */
    Drop,

    /** Answers those that have a reply subject, and sends others when it is told to. */
    Answer,
}

/**
 * What carries the protocol.
 *
 * @property scheme of the URLs.
 */
enum class Transport(val scheme: String) {
    Tcp("nats"),
    Tls("tls"),
    WebSocket("ws"),
}

/** `Drop Tcp nats://127.0.0.1:40123`, as the process prints it. */
data class NullServerAddress(val mode: NullServerMode, val transport: Transport, val url: String) {
    override fun toString(): String = "$mode $transport $url"

    companion object {
        fun parse(line: String): NullServerAddress {
            val (mode, transport, url) = line.split(' ')
            return NullServerAddress(NullServerMode.valueOf(mode), Transport.valueOf(transport), url)
        }
    }
}
