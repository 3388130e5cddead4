package dev.midge.nats.internal.connection

import dev.midge.nats.NatsOptions
import dev.midge.nats.ServerInfo
import dev.midge.nats.TlsException
import dev.midge.nats.internal.tls.ClientEngine
import dev.midge.nats.internal.tls.ExpectedNames
import dev.midge.nats.internal.tls.ServerName
import dev.midge.nats.internal.tls.TlsFailures
import dev.midge.nats.internal.transport.TlsHandshake
import dev.midge.nats.internal.transport.Transport
import org.slf4j.LoggerFactory
import javax.net.ssl.SSLException

/**
 * Decides whether the connection to [server] has to be encrypted, and encrypts it.
 *
 * Once TLS was asked for, by options or by any server's URL, no server is spoken to without: one that gossip added has no URL of the user's.
 */
internal class TlsUpgrade(private val options: NatsOptions, private val server: ServerAddress) {
    private val isAskedFor = options.tls.isAskedFor || options.servers.any { it.scheme.isTls } || server.scheme.isTls
    private var client: ClientEngine? = null
    private var handshake: TlsHandshake? = null

    /** Whether what is sent now is encrypted. */
    val isSecure: Boolean
        get() = client != null

    /** Whether the other end has proved to be the server. */
    val isVerified: Boolean
        get() = isSecure && !options.tls.dangerouslySkipHostNameVerification

    /** Whether the other end has yet to prove that it is the server. */
    val isUnproven: Boolean
        get() = isAskedFor && !isSecure

    /** Whether TLS begins before the server has said a word. With a WebSocket it is its URL that says so. */
    val isFirst: Boolean
        get() = if (server.scheme.isWebSocket) server.scheme.isTls else options.tls.handshakeFirst

    /**
     * To be called before anything is sent.
     *
     * @throws TlsException if the server's URL asks for what is never encrypted, while TLS was asked for.
     */
    fun checkScheme() {
        if (isAskedFor && server.scheme.isWebSocket && !server.scheme.isTls) throw plainWebSocket()
    }

    /**
     * Whether TLS begins now that the server has said [info].
     *
     * @throws TlsException if it would have to and cannot.
     */
    fun isNeeded(info: ServerInfo): Boolean {
        if (isSecure || (!isAskedFor && !info.tlsRequired)) return false
        if (server.scheme.isWebSocket) throw plainWebSocket()
        if (info.tlsRequired || info.tlsAvailable) return true
        throw notOffered("the server offers no TLS, or somebody on the way to it has removed the offer; without TLS nothing is sent")
    }

    private fun plainWebSocket() = notOffered("a WebSocket is encrypted by wss:// alone; write wss://${server.host}:${server.port}")

    private fun notOffered(why: String) = TlsException(TlsException.Reason.NOT_OFFERED, "no TLS with $server: $why")

    /** The encrypted stream over [raw], on which nothing unread is left. */
    suspend fun encrypt(raw: Transport): Transport {
        val context = TlsHandshake.offThisThread {
            options.tls.privateKey?.let { SecretFiles.check(it, log) }
            options.tls.contexts.current()
        }
        val engine = ClientEngine(context, options.tls, expectedNames(), server.port)
        client = engine
        return TlsHandshake(raw, engine.engine).also { handshake = it }.run().also { engine.checkName() }
    }

    /** An address says nothing that could be proven, and a server that the user named has no other name. */
    private fun expectedNames(): ExpectedNames {
        val given = ServerName(server.tlsName)
        val own = ServerName(server.host)
        return when {
            own.isAddress || server.host == server.tlsName -> ExpectedNames(given)
            server.isNameProven || options.tls.dangerouslyTrustNamesFromPlainText -> ExpectedNames(given, own)
            else -> ExpectedNames(given, unproven = own.text)
        }
    }

    /** What [cause] means. With TLS 1.3 the server's opinion of the client's certificate comes only after the client's handshake is over. */
    fun explain(cause: SSLException): Exception =
        client?.let { TlsFailures.explain(cause, server, it, handshake?.hasAnswered == true) } ?: cause

    private companion object {
        val log = LoggerFactory.getLogger("dev.midge.nats.connection")
    }
}
