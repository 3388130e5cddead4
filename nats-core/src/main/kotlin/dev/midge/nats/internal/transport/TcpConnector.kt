package dev.midge.nats.internal.transport

import io.ktor.network.selector.Selectable
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.io.IOException
import java.net.InetAddress
import java.nio.channels.SocketChannel

/**
 * Opens TCP connections by Ktor's raw sockets, to whichever address of a host answers first.
 *
 * @param ownsThread whether each socket has a selector of its own, and so a thread.
 */
internal class TcpConnector(private val ownsThread: Boolean) : Connector {
    override suspend fun connect(endpoint: Endpoint): Transport {
        val addresses = resolve(endpoint.host).shuffled()
        // In random order, so that the clients of a name with several addresses spread.
        val inTurns = alternating(addresses) { it.javaClass == addresses.first().javaClass }
        return HappyEyeballs<InetAddress, Transport>({ connect(it, endpoint.port) }, Transport::close).race(inTurns)
    }

    private suspend fun connect(address: InetAddress, port: Int): Transport {
        val selector = NioSelectors.shared.lease(ownsThread)
        var socket: Socket? = null
        try {
            val opened = aSocket(selector).tcp().connect(InetSocketAddress(address.hostAddress, port)) { noDelay = true }
            socket = opened
            return transport(opened, selector)
        } catch (e: Throwable) {
            socket?.close()
            selector.close()
            throw e
        }
    }

    private fun transport(socket: Socket, selector: LeasedSelector): Transport {
        val channel = (socket as? Selectable)?.channel as? SocketChannel ?: return KtorChannelTransport(socket, selector)
        return KtorTcpTransport(channel, selector)
    }

    /** The look-up blocks its thread and cannot be interrupted: it is left behind when the caller gives up. */
    private suspend fun resolve(host: String): List<InetAddress> {
        // An address is not looked up, and need not queue behind names that are.
        if (ADDRESS.matches(host)) return InetAddress.getAllByName(host).toList()
        val lookUp = CoroutineScope(lookUps).async { runCatching { InetAddress.getAllByName(host).toList() } }
        return lookUp.await().getOrElse { throw IOException("the host name '$host' cannot be resolved", it) }
    }

    private companion object {
        /**
         * A view of its own, so that users who block all 64 threads of Dispatchers.IO do not block connecting. Threads are made as they are
         * needed: a look-up that hangs must not hold up those of other servers.
         */
        val lookUps = Dispatchers.IO.limitedParallelism(64)
        val ADDRESS = Regex("[0-9.]+|.*:.*")
    }
}
