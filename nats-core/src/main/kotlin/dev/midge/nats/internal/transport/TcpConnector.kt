package dev.midge.nats.internal.transport

import io.ktor.network.selector.Selectable
import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.io.IOException
import java.nio.channels.SocketChannel

/** Opens TCP connections by Ktor's raw sockets, each with a selector of its own. */
internal object TcpConnector : Connector {
    /** A view of its own, so that users who block all 64 threads of Dispatchers.IO do not block connecting. */
    private val lookUps = Dispatchers.IO.limitedParallelism(LOOK_UPS)

    override suspend fun connect(endpoint: Endpoint): Transport {
        val address = resolve(endpoint.host, endpoint.port)
        // A view of its own: the selector blocks its thread, and many connections must not use up the 64 of Dispatchers.IO.
        val selector = SelectorManager(Dispatchers.IO.limitedParallelism(1))
        var socket: Socket? = null
        try {
            val opened = aSocket(selector).tcp().connect(address) { noDelay = true }
            socket = opened
            return transport(opened, selector)
        } catch (e: Throwable) {
            if (socket == null) selector.close() else closeSocket(socket, selector)
            throw e
        }
    }

    fun transport(socket: Socket, selector: SelectorManager): Transport {
        val channel = (socket as? Selectable)?.channel as? SocketChannel ?: return KtorChannelTransport(socket, selector)
        return KtorTcpTransport(socket, socket, channel, selector)
    }

    /** The look-up blocks its thread and cannot be interrupted: it is left behind when the caller gives up. */
    private suspend fun resolve(host: String, port: Int): InetSocketAddress {
        val address = CoroutineScope(lookUps).async { InetSocketAddress(host, port) }.await()
        if (address.resolveAddress() == null) throw IOException("the host name '$host' cannot be resolved")
        return address
    }

    /** A look-up that hangs must not hold up those of other servers. */
    private const val LOOK_UPS = 8
}
