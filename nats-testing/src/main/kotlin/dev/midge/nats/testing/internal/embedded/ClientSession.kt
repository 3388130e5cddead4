package dev.midge.nats.testing.internal.embedded

/** What one client has asked for: its CONNECT options and its subscriptions. Confined to the server's thread. */
internal class ClientSession(private val connection: ClientConnection, private val context: ServerContext) : ClientOperations {
    private val subscriptions = HashMap<String, Subscription>()
    private val delivery = Delivery(context.router)
    private var request = ConnectRequest()
    private var authenticated = !context.authenticator.isRequired
    private var hasPinged = false

    /** The INFO that this client was told last. */
    private var infoVersion = context.info.version

    override val isOpen: Boolean get() = connection.isOpen
    override val awaitsConnect: Boolean get() = !authenticated

    /** Whether this client gets the messages that it publishes itself. */
    val echo: Boolean get() = request.echo
    val headers: Boolean get() = request.headers

    override fun connect(json: String) {
        request = request.updatedBy(json)
        if (!context.authenticator.accepts(request)) throw ProtocolViolation(ProtocolViolation.AUTHORIZATION)
        authenticated = true
        if (request.protocol !in SUPPORTED_PROTOCOLS) throw ProtocolViolation(ProtocolViolation.CLIENT_PROTOCOL)
        if (request.noResponders && !request.headers) throw ProtocolViolation(ProtocolViolation.NO_RESPONDERS)
        acknowledge()
    }

    /** What CONNECT said the client is called. */
    val name: String? get() = request.name

    override fun ping() {
        connection.send(PONG)
        hasPinged = true
        if (infoVersion != context.info.version) infoChanged()
    }

    override fun pong(): Unit = Unit

    override fun announce(publication: Publication, withHeaders: Boolean) {
        if (withHeaders && !request.headers) throw ProtocolViolation.unreadable()
        if (!request.pedantic) return
        val subject = latin1(publication.line, publication.subjectStart, publication.subjectEnd)
        if (!Subject.isLiteral(Subject.tokens(subject))) connection.sendError(ProtocolViolation.INVALID_PUBLISH_SUBJECT)
    }

    override fun publish(publication: Publication) {
        acknowledge()
        val delivered = delivery.deliver(publication, connection)
        if (!delivered && request.noResponders && publication.hasReply) {
            delivery.subscriptionForReply(publication, connection)?.let { connection.send(noResponders(publication, it)) }
        }
    }

    override fun subscribe(subject: String, queueGroup: String?, sid: String) {
        // A sid in use keeps its first subject, and the client is told nothing: as real servers do.
        if (sid !in subscriptions) {
            val subscription = Subscription(connection, subject, queueGroup, sid)
            if (!context.router.add(subscription)) return connection.sendError(ProtocolViolation.INVALID_SUBJECT)
            subscriptions[sid] = subscription
        }
        acknowledge()
    }

    override fun unsubscribe(sid: String, max: Int) {
        val subscription = subscriptions[sid]
        if (subscription != null) {
            if (max > subscription.delivered) subscription.max = max.toLong() else end(subscription)
        }
        acknowledge()
    }

    /** Takes [subscription] out: no message comes to it any more. */
    fun end(subscription: Subscription) {
        subscriptions.remove(latin1(subscription.sid, 0, subscription.sid.size))
        context.router.remove(subscription)
    }

    fun endAll() {
        subscriptions.values.forEach(context.router::remove)
        subscriptions.clear()
    }

    /** Tells a client of protocol 1 the new INFO, once its handshake is over, as real servers do. */
    fun infoChanged() {
        if (request.protocol < INFO_AT_ANY_TIME || !hasPinged) return
        infoVersion = context.info.version
        connection.sendInfo()
    }

    private fun acknowledge() {
        if (request.verbose) connection.send(OK)
    }

    private fun noResponders(publication: Publication, subscription: Subscription): ByteArray {
        val reply = latin1(publication.line, publication.replyStart, publication.replyEnd)
        val sid = latin1(subscription.sid, 0, subscription.sid.size)
        return "HMSG $reply $sid 16 16\r\nNATS/1.0 503\r\n\r\n\r\n".latin1Bytes()
    }

    private companion object {
        val OK = "+OK\r\n".encodeToByteArray()
        val PONG = "PONG\r\n".encodeToByteArray()

        /** The protocol of clients that understand an INFO at any time. */
        const val INFO_AT_ANY_TIME = 1
        val SUPPORTED_PROTOCOLS = 0..INFO_AT_ANY_TIME
    }
}
