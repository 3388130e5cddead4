package dev.midge.nats.testing.internal.embedded

/** One SUB of one client. */
internal class Subscription(val client: ClientConnection, val subject: String, val queueGroup: String?, sid: String) {
    val sid: ByteArray = sid.latin1Bytes()

    /** How many messages it was given. */
    var delivered: Long = 0

    /** After how many messages it ends; 0 if it does not end by itself. */
    var max: Long = 0

    /** False once it has ended; routes that were computed before may still hold it. */
    var isActive: Boolean = true
}
