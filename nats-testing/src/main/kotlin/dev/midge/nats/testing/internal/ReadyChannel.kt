package dev.midge.nats.testing.internal

import java.nio.channels.SelectionKey

/** What is attached to a selection key of a [SelectorLoop]. */
internal interface ReadyChannel {
    /** The channel can do what [key] says. Called on the loop's thread. */
    fun ready(key: SelectionKey)

    /** [ready] threw [cause], which is a defect of ours: only this channel may suffer from it. Called on the loop's thread. */
    fun failed(cause: RuntimeException)
}
