package dev.midge.nats.testing.internal.embedded

import java.nio.channels.SelectionKey

/** What is attached to a selection key. */
internal interface ReadyChannel {
    /** The channel can do what [key] says. Called on the server's thread. */
    fun ready(key: SelectionKey)

    /** [ready] threw [cause], which is a defect of this server: only this channel may suffer from it. Called on the server's thread. */
    fun failed(cause: RuntimeException)
}
