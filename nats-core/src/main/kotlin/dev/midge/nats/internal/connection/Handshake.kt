package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerErrorException
import dev.midge.nats.ServerInfo
import dev.midge.nats.TlsException
import dev.midge.nats.internal.protocol.MessageFrame
import dev.midge.nats.internal.protocol.ProtocolEncoder
import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.protocol.ServerOperationHandler
import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.WebSocketAttempt
import dev.midge.nats.internal.transport.awaitAvailable
import dev.midge.nats.internal.transport.consumeAvailable
import kotlinx.io.IOException
import java.nio.ByteBuffer
import javax.net.ssl.SSLException
import kotlin.time.TimeMark

/**
 * The first words on a new connection: INFO from the server, CONNECT and PING from the client, PONG from the server; TLS
 * before or after INFO, never later; before all that the opening of the WebSocket, if it is one.
 *
 * The caller bounds the time. [parser] goes on to the reader loop, with whatever it has begun to read.
 */
internal class Handshake(
    private val options: NatsOptions,
    private val server: ServerAddress,
    transport: Transport,
    private val parser: ProtocolParser,
    private val webSocket: WebSocketAttempt? = null,
) : ServerOperationHandler {
    private val tls = TlsUpgrade(options, server)
    private var info: ServerInfo? = null

    /** Whether the server said more than INFO before it was its turn. */
    private var saidTooMuch = false
    private var hasConnected = false

    /** Whether INFO came from a server that had proved who it is. */
    private var isInfoProven = false
    private var letIn = false

    /** What was said to the server and is not to be shown, whatever it answers. */
    private var secrets = SentSecrets.None

    /** What the session goes on with: encrypted if it has to be. */
    private var transport: Transport = transport

    /**
     * Returns the link once the server has let the client in.
     *
     * @throws NatsException if it refuses, or speaks another protocol.
     * @throws kotlinx.io.IOException if the connection breaks.
     */
    suspend fun run(deadline: TimeMark): Link = try {
        webSocket?.tunnel(transport)
        if (tls.isFirst) transport = tls.encrypt(transport)
        webSocket?.let { transport = it.open(transport) }
        while (info == null) read()
        webSocket?.limit(checkNotNull(info).maxPayload)
        if (tls.isNeeded(checkNotNull(info))) encryptAfterInfo()
        sendConnect(checkNotNull(info))
        while (!letIn) read()
        Link(server, checkNotNull(info), transport, parser, isInfoProven, tls.isVerified, secrets, deadline)
    } catch (e: SSLException) {
        throw tls.explain(e)
    } catch (e: ProtocolException) {
        throw secrets.mask(e)
    }

    /** What followed INFO in plain text could come from anybody, and would be taken for the words of the server that TLS is about to prove. */
    private suspend fun encryptAfterInfo() {
        if (saidTooMuch || !parser.isAtBoundary) {
            throw TlsException(TlsException.Reason.PLAIN_TEXT, "the server $server sent more plain text after INFO, where TLS has to begin")
        }
        transport = tls.encrypt(transport)
    }

    private suspend fun sendConnect(info: ServerInfo) {
        val connect = ConnectCommand.encode(options, server, info, tls.isSecure)
        val argument = connect.json
        secrets = connect.secrets
        val frame = ByteBuffer.allocate(ProtocolEncoder.connectSize(argument) + ProtocolEncoder.PING_SIZE)
        hasConnected = true
        try {
            ProtocolEncoder.connect(frame, argument)
            ProtocolEncoder.ping(frame)
            transport.write(frame.flip())
        } catch (e: IOException) {
            lastWords(e)
        } finally {
            argument.fill(0)
            frame.array().fill(0)
        }
    }

    /** A server that has closed the connection may have said why before: that it does not accept the client's certificate, say. */
    private suspend fun lastWords(failure: IOException): Nothing {
        try {
            while (true) read()
        } catch (e: IOException) {
            throw e as? SSLException ?: failure
        } catch (e: ConnectionLostException) {
            failure.addSuppressed(e)
            throw failure
        }
    }

    private suspend fun read() {
        if (!transport.input.awaitAvailable()) {
            throw ConnectionLostException("the server $server closed the connection during the handshake")
        }
        transport.input.consumeAvailable { bytes, from, to -> parser.feed(bytes, from, to, this) }
    }

    override fun onInfo(json: String) {
        early(info != null)
        val said = ServerInfoCodec.decode(json)
        parser.limits.raisePayload(PayloadLimit.of(options.buffers, said.maxPayload))
        isInfoProven = tls.isVerified
        info = said
    }

    override fun onPong() {
        if (info == null) throw ProtocolException("the server sent PONG before INFO")
        early(true)
        letIn = hasConnected
    }

    override fun onError(error: String) {
        val reason = ServerErrors.refusal(error)
        // Whoever has not proved to be the server cannot have refused credentials that it has not seen.
        val shown = secrets.mask(error)
        if (reason == null || tls.isUnproven) throw ServerErrorException(shown)
        throw AuthenticationException("the server $server refuses the client: $shown", reason = reason)
    }

    override fun onMessage(frame: MessageFrame): Unit = throw ProtocolException("the server sent a message before the client subscribed")

    // A server that is busy may ask whether the client is alive; CONNECT and PING are on their way and answer that.
    override fun onPing() = early(true)

    // The answer to CONNECT of a verbose connection.
    override fun onOk() = early(true)

    private fun early(isMoreThanInfo: Boolean) {
        if (isMoreThanInfo && !hasConnected) saidTooMuch = true
    }
}
