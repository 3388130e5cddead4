package dev.midge.nats.testing.internal.embedded

/** What [ClientParser] reads out of a client's bytes. Each may throw [ProtocolViolation], which ends the connection. */
internal interface ClientOperations {
    /** Whether to go on reading; a client may be cut off by what its own message did. */
    val isOpen: Boolean

    /** Whether anything but CONNECT is refused. */
    val awaitsConnect: Boolean

    /** CONNECT with its JSON, not yet looked at. */
    fun connect(json: String)

    /** PING. */
    fun ping()

    /** PONG. */
    fun pong()

    /** The line of a PUB or of an HPUB ([withHeaders]), read before its payload. */
    fun announce(publication: Publication, withHeaders: Boolean)

    /** A complete PUB or HPUB. */
    fun publish(publication: Publication)

    /** SUB. */
    fun subscribe(subject: String, queueGroup: String?, sid: String)

    /** UNSUB; [max] is -1 if it was left out or is no number. */
    fun unsubscribe(sid: String, max: Int)
}
