package dev.midge.nats.bench.client

import java.net.Socket
import java.net.URI

/**
 * No client at all: protocol bytes made beforehand and a blocking socket. What it reaches is what the server and the machine can do.
 *
 * It knows the length of every frame in advance, so that it understands only what another `raw` sends.
 */
class RawClient : BenchClient {
    override val name = "raw"

    override val speaksTls = false

    override fun connect(target: Target): BenchConnection {
        val address = URI(target.url)
        val socket = Socket(address.host, if (address.port < 0) NATS_PORT else address.port)
        socket.tcpNoDelay = true
        return RawConnection(RawSocket(socket))
    }

    private companion object {
        const val NATS_PORT = 4222
    }
}
