package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Seam
import dev.midge.nats.Subject

/** Carries pulls to their server. */
internal interface PullOutlet {
    /** Never waits. Returns `false` with nothing sent, if there is no link or no room. */
    fun trySend(to: Subject, body: ByteArray, replyTo: Subject): Boolean

    /** Returns when what was sent before has gone, so that there is room. */
    suspend fun awaitRoom()
}

/** The outlet by the connection of [seam]. */
@OptIn(InternalNatsApi::class)
internal class ConnectionOutlet(private val seam: Seam) : PullOutlet {
    override fun trySend(to: Subject, body: ByteArray, replyTo: Subject): Boolean =
        seam.connection.tryPublish(to, body, Headers.Empty, replyTo)

    override suspend fun awaitRoom(): Unit = seam.connection.flush()
}
