package dev.midge.nats.testing.internal

import java.io.IOException
import java.net.InetSocketAddress
import java.net.Socket
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.ServerSocketChannel

/**
 * A port that can stop listening for a while: whoever connects meanwhile is refused, and no other process can take the port.
 *
 * Not thread-safe: confined to [selector]'s thread, once that runs.
 */
internal class ListeningPort(private val selector: Selector, wanted: InetSocketAddress, private val accept: (SelectionKey) -> Unit) {
    private var listener: ServerSocketChannel? = null

    /** Holds the port while nobody listens. */
    private var placeholder: Socket? = null

    /** What is listened on, the port chosen if any would do. */
    val address: InetSocketAddress = listen(wanted).localAddress as InetSocketAddress

    /**
     * Listens again, if it does not.
     *
     * @throws IOException if the operating system does not give the port back.
     */
    fun open() {
        if (listener != null) return
        releasePlaceholder()
        listen(address)
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
        val channel = ServerSocketChannel.open()
        try {
            channel.bind(at, BACKLOG)
            channel.configureBlocking(false)
            channel.register(selector, SelectionKey.OP_ACCEPT, accept)
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
