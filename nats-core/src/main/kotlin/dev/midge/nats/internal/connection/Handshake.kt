package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerErrorException
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.protocol.MessageFrame
import dev.midge.nats.internal.protocol.ProtocolEncoder
import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.protocol.ServerOperationHandler
import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.consumeSegments
import java.nio.ByteBuffer

/**
 * The first words on a new connection: INFO from the server, CONNECT and PING from the client, PONG from the server.
 *
 * The caller bounds the time. [parser] goes on to the reader loop, with whatever it has begun to read.
 */
internal class Handshake(
    private val options: NatsOptions,
    private val server: ServerAddress,
    private val transport: Transport,
    private val parser: ProtocolParser,
) : ServerOperationHandler {
    private var info: ServerInfo? = null
    private var letIn = false

    /**
     * Returns what the server said of itself once it has let the client in.
     *
     * @throws NatsException if it refuses, or speaks another protocol.
     * @throws kotlinx.io.IOException if the connection breaks.
     */
    suspend fun run(): ServerInfo {
        while (info == null) read()
        if (checkNotNull(info).tlsRequired) {
            // Before CONNECT: credentials never go out in plain text where the server asks for TLS.
            throw ConnectFailedException("the server $server requires TLS, which this version does not speak", null)
        }
        sendConnect(checkNotNull(info))
        while (!letIn) read()
        return checkNotNull(info)
    }

    private suspend fun sendConnect(info: ServerInfo) {
        val connect = ConnectOptions.encode(options, server, info)
        val frame = ByteBuffer.allocate(ProtocolEncoder.connectSize(connect) + ProtocolEncoder.PING_SIZE)
        try {
            ProtocolEncoder.connect(frame, connect)
            ProtocolEncoder.ping(frame)
            transport.write(frame.flip())
        } finally {
            connect.fill(0)
            frame.array().fill(0)
        }
    }

    private suspend fun read() {
        if (!transport.input.awaitContent()) throw ConnectionLostException("the server $server closed the connection during the handshake")
        transport.input.consumeSegments { bytes, from, to -> parser.feed(bytes, from, to, this) }
    }

    override fun onInfo(json: String) {
        info = ServerInfoCodec.decode(json)
    }

    override fun onPong() {
        if (info == null) throw ProtocolException("the server sent PONG before INFO")
        letIn = true
    }

    override fun onError(error: String) {
        val reason = ServerErrors.refusal(error) ?: throw ServerErrorException(error)
        throw AuthenticationException("the server $server refuses the client: $error", reason = reason)
    }

    override fun onMessage(frame: MessageFrame): Unit = throw ProtocolException("the server sent a message before the client subscribed")

    // A server that is busy may ask whether the client is alive; CONNECT and PING are on their way and answer that.
    override fun onPing() = Unit

    // The answer to CONNECT of a verbose connection.
    override fun onOk() = Unit
}
