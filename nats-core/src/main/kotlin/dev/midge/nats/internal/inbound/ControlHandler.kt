package dev.midge.nats.internal.inbound

/** What the server says of the connection rather than of a subscription. Called by the reader only; must not block. */
internal interface ControlHandler {
    fun onInfo(json: String)

    fun onPing()

    fun onPong()

    fun onError(error: String)

    /** [error], without what nobody is to see. */
    fun shown(error: String): String
}
