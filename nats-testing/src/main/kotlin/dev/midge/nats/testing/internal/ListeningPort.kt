package dev.midge.nats.testing.internal

import java.io.IOException
import java.io.UncheckedIOException
import java.net.InetSocketAddress
import java.net.Socket
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel

/**
 * A port that can stop listening for a while: whoever connects meanwhile is refused, and the operating system hands
 * the port to nobody who asks for any.
 * Confined to [selector]'s thread, once that runs.
 *
 * @throws IOException if the port is taken.
 */
internal class ListeningPort(private val selector: Selector, wanted: InetSocketAddress) {
    /** `null` while nobody listens. */
    private var listener: ServerSocketChannel? = null

    /** Holds the port while nobody listens. */
    private var placeholder: Socket? = null

    /** What is listened on, the port chosen if any would do. */
    val address: InetSocketAddress = listen(wanted).localAddress as InetSocketAddress

    /**
     * Has [acceptor] called when somebody connects.
     *
     * @throws UncheckedIOException if another process has asked for this very port meanwhile.
     */
    fun open(acceptor: ReadyChannel) {
        val channel =
            try {
                listener ?: listen(address)
            } catch (e: IOException) {
                throw UncheckedIOException("Port ${address.port} was taken by another process", e)
            }
        channel.register(selector, SelectionKey.OP_ACCEPT, acceptor)
    }

    /** Refuses new connections until [open]; those not accepted yet are reset. */
    fun refuse() {
        if (listener == null) return
        close()
        // A socket that is bound and does not listen: connecting to it is refused.
        placeholder =
            Socket().apply {
                reuseAddress = true
                bind(address)
            }
    }

    /** Gives the port up. */
    fun close() {
        releasePlaceholder()
        listener?.close()
        listener = null
        // A closed channel keeps its port until its selector has looked again.
        selector.selectNow()
    }

    private fun releasePlaceholder() {
        placeholder?.close()
        placeholder = null
    }

    private fun listen(at: InetSocketAddress): ServerSocketChannel {
        releasePlaceholder()
        val channel = ServerSocketChannel.open()
        try {
            channel.bind(at, BACKLOG)
            channel.configureBlocking(false)
        } catch (e: IOException) {
            channel.close()
            throw e
        }
        listener = channel
        return channel
    }

    private companion object {
        /** Thousands of clients may connect at the same moment. */
        const val BACKLOG = 4096
    }
}
