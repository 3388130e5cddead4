package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.internal.outbound.DiscardedMessage

/** Is told what concerns requests that wait, by any thread, which holds no lock. */
internal interface ConnectionListener {
    /** The server refuses a publish; called by the reader. */
    fun onPublishRefused(violation: PermissionViolationException) = Unit

    /** A message was taken out of what waits for the network: a request may be among them. */
    fun onDiscarded(message: DiscardedMessage) = Unit

    /** The link is lost, with the requests that wait. */
    fun onRequestsLost(cause: NatsException) = Unit

    /** The end of the connection, because of [cause] unless it was asked for. */
    fun onReleased(cause: NatsException?) = Unit

    /** Nobody makes requests. */
    object None : ConnectionListener
}
