package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.Target
import java.net.InetSocketAddress
import java.net.URI
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel

/**
 * Tells a null server what to send to the client under measurement, on a plain connection of its own.
 *
 * An order is a system call and no object: it may be given by whatever thread receives.
 */
internal class SendOrders(target: Target, private val subject: String, private val size: Int, kind: String = "") : AutoCloseable {
    private val channel: SocketChannel = URI(target.orders).let { SocketChannel.open(InetSocketAddress(it.host, it.port)) }
    private var order: ByteBuffer = ByteBuffer.allocateDirect(0)
    private var rounds = 0
    private val kind = if (kind.isEmpty()) "" else " $kind"

    @Synchronized
    fun send(rounds: Int) {
        if (rounds != this.rounds) {
            val line = "SEND $subject $rounds $size$kind\r\n".encodeToByteArray()
            order = ByteBuffer.allocateDirect(line.size).put(line)
            this.rounds = rounds
        }
        order.rewind()
        while (order.hasRemaining()) channel.write(order)
    }

    override fun close() = channel.close()
}
