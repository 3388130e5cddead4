package dev.midge.nats.tls

import dev.midge.nats.TlsOptions
import dev.midge.nats.TlsVersion
import dev.midge.nats.internal.tls.ClientEngine
import dev.midge.nats.internal.tls.ExpectedNames
import dev.midge.nats.internal.tls.ServerName
import dev.midge.nats.internal.transport.TlsHandshake
import dev.midge.nats.internal.transport.TlsTransport
import dev.midge.nats.internal.transport.Transport
import dev.midge.nats.internal.transport.consumeAvailable
import dev.midge.nats.testing.fixtures.TestCertificates
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import java.io.ByteArrayOutputStream
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLEngine

/** Both ends of a TLS connection in memory; [wire] and [serverWire] are what lies below. */
internal class TlsPair(
    val client: TlsTransport,
    val server: TlsTransport,
    val wire: PipeTransport,
    val serverWire: PipeTransport,
    val engine: SSLEngine,
    val serverEngine: SSLEngine,
) {
    companion object {
        suspend fun open(
            options: TlsOptions = TestCertificates.authority.trust,
            serverContext: SSLContext = TestCertificates.loopback.serverContext(),
            piece: Int = Int.MAX_VALUE,
        ): TlsPair = coroutineScope {
            val (wire, serverWire) = PipeTransport.pair()
            wire.piece = piece
            serverWire.piece = piece
            val engine = ClientEngine(options.contexts.current(), options, ExpectedNames(ServerName("localhost")), 4222).engine
            val serverEngine = serverContext.createSSLEngine().apply { useClientMode = false }
            val server = async { TlsHandshake(serverWire, serverEngine).run() }
            TlsPair(TlsHandshake(wire, engine).run(), server.await(), wire, serverWire, engine, serverEngine)
        }

        suspend fun open(version: TlsVersion, piece: Int = Int.MAX_VALUE): TlsPair =
            open(TestCertificates.authority.trust.copy { versions = setOf(version) }, piece = piece)
    }
}

/** Reads exactly [count] bytes, or fewer at the end of the stream. */
internal suspend fun Transport.read(count: Int): ByteArray {
    val read = ByteArrayOutputStream()
    while (read.size() < count && input.awaitContent()) {
        input.consumeAvailable { bytes, from, to -> read.write(bytes, from, to - from) }
        check(read.size() <= count) { "there is more than the $count B that were expected" }
    }
    return read.toByteArray()
}

/** The lengths of the TLS records in [bytes], headers included. */
internal fun recordSizes(bytes: ByteArray): List<Int> {
    val sizes = ArrayList<Int>()
    var at = 0
    while (at < bytes.size) {
        val size = 5 + ((bytes[at + 3].toInt() and 0xFF) shl 8) + (bytes[at + 4].toInt() and 0xFF)
        sizes += size
        at += size
    }
    return sizes
}
