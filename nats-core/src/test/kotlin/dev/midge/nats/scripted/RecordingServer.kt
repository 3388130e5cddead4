package dev.midge.nats.scripted

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsOptions
import dev.midge.nats.internal.transport.Connector
import dev.midge.nats.internal.transport.Transport
import io.ktor.utils.io.ByteChannel
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.writeStringUtf8
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer

/** Lets anybody in and keeps every byte that the client wrote. */
class RecordingServer(private val info: String = ScriptedServer.INFO) {
    private val toClient = ByteChannel(autoFlush = true)
    private val written = ByteArrayOutputStream()

    private val transport = object : Transport {
        override val input: ByteReadChannel = toClient

        override suspend fun write(bytes: ByteBuffer) {
            val copy = ByteArray(bytes.remaining()).also(bytes::get)
            synchronized(written) { written.write(copy) }
            if (copy.toString(Charsets.ISO_8859_1).endsWith(PING)) toClient.writeStringUtf8("PONG\r\n")
        }

        override suspend fun close() {
            toClient.flushAndClose()
        }
    }

    suspend fun send(text: String) {
        toClient.writeStringUtf8(text)
    }

    /** A connection that this server, and no other, answers. */
    fun connection(servers: String = "nats://recorded:4222", configure: NatsOptions.Builder.() -> Unit = {}): NatsConnection {
        val connector = Connector {
            toClient.writeStringUtf8("INFO $info\r\n")
            transport
        }
        return NatsConnection(NatsOptions(servers, configure), connector)
    }

    /** What was written since the last call, one character a byte. */
    fun taken(): String = synchronized(written) { written.toByteArray().also { written.reset() } }.toString(Charsets.ISO_8859_1)

    companion object {
        const val PING = "PING\r\n"
    }
}
