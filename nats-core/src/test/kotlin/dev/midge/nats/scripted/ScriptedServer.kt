package dev.midge.nats.scripted

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOptions
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.TimeoutOptions
import dev.midge.nats.internal.transport.Connector
import dev.midge.nats.internal.transport.Transport
import io.ktor.utils.io.ByteChannel
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readLine
import io.ktor.utils.io.writeFully
import io.ktor.utils.io.writeStringUtf8
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.io.IOException
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds

/** The server's end of a connection in memory: a test reads what the client wrote, line by line, and answers what it likes. */
class ScriptedServer {
    private val toClient = ByteChannel(autoFlush = true)
    private val fromClient = ByteChannel(autoFlush = true)
    val closedByClient = CompletableDeferred<Unit>()

    private val written = ByteArrayOutputStream()
    private val hasWritten = CompletableDeferred<Unit>()

    /** What the next writes of the client fail with. */
    @Volatile
    var writeFailure: IOException? = null

    /** Text that the network takes no more after: the write fails there, and what follows it was not handed over. */
    @Volatile
    var breaksBehind: String? = null

    /** What the client's closing of the link waits for. */
    @Volatile
    var closing: CompletableDeferred<Unit> = CompletableDeferred(Unit)

    /** What the client's closing of the link fails with. */
    @Volatile
    var closeFailure: RuntimeException? = null

    internal val transport = object : Transport {
        override val input: ByteReadChannel = toClient

        override suspend fun write(bytes: ByteBuffer) {
            writeFailure?.let { throw it }
            val end = breaksBehind?.let { endOf(it, bytes) } ?: bytes.limit()
            val copy = ByteArray(end - bytes.position()).also(bytes::get)
            synchronized(written) { written.writeBytes(copy) }
            hasWritten.complete(Unit)
            fromClient.writeFully(copy)
            if (bytes.hasRemaining()) throw IOException("broken pipe")
        }

        override suspend fun close() {
            closing.await()
            closedByClient.complete(Unit)
            fromClient.flushAndClose()
            closeFailure?.let { throw it }
        }

        private fun endOf(text: String, bytes: ByteBuffer): Int? {
            val all = ByteArray(bytes.remaining()).also { bytes.duplicate().get(it) }.decodeToString()
            return all.indexOf(text).takeIf { it >= 0 }?.let { bytes.position() + it + text.length }
        }
    }

    suspend fun send(text: String) {
        toClient.writeStringUtf8(text)
    }

    suspend fun hangUp() {
        toClient.flushAndClose()
    }

    /** Every byte of the client so far, whether it was looked at or not. */
    fun written(): ByteArray = synchronized(written) { written.toByteArray() }

    /** Returns when the client has written something. */
    suspend fun awaitBytes() = hasWritten.await()

    /** The next line of the client, or `null` when it has closed the connection. */
    suspend fun line(): String? = fromClient.readLine()

    /** Lets the client in, as a server does, and returns its CONNECT. */
    suspend fun letIn(info: String = INFO): String {
        send("INFO $info\r\n")
        val connect = checkNotNull(line())
        check(line() == "PING") { "the client did not send PING after CONNECT" }
        send("PONG\r\n")
        return connect
    }

    companion object {
        const val INFO = """{"server_id":"S","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576}"""
    }
}

/** Hands out a new [ScriptedServer] for each connect. */
class ScriptedNetwork {
    private val connections = Channel<ScriptedServer>(Channel.UNLIMITED)
    val attempts = ArrayList<String>()

    /** What the next connects fail with. */
    var refusal: IOException? = null

    private val connector = Connector { endpoint ->
        attempts += "${endpoint.host}:${endpoint.port}"
        refusal?.let { throw it }
        ScriptedServer().also { connections.send(it) }.transport
    }

    /** The server's end of the next connection. */
    suspend fun accept(): ScriptedServer = connections.receive()

    fun connection(servers: String = "nats://scripted:4222", configure: NatsOptions.Builder.() -> Unit = {}): NatsConnection {
        val options = NatsOptions(servers) {
            // Most dialogues are not meant to confirm the closing.
            timeouts { close = 20.milliseconds }
            // Nor to go on with another server.
            reconnect { maxReconnects = 0 }
            configure()
        }
        return NatsConnection(options, connector)
    }
}
