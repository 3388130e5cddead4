package dev.midge.nats.tls

import dev.midge.nats.TlsVersion
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldHaveAtMostSize
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.io.IOException
import java.nio.ByteBuffer
import javax.net.ssl.SSLException
import kotlin.random.Random

private fun direct(bytes: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip()

private const val BATCH = 64 * 1024
private const val BIG = 3 * 1024 * 1024

class TlsTransportSpec :
    FunSpec({
        for (version in TlsVersion.entries) {
            test("$version: what one side writes, the other reads, whatever the size") {
                val pair = TlsPair.open(version)
                for (size in listOf(1, 2, 100, 16_383, 16_384, 16_385, BATCH - 1, BATCH, 1_000_000)) {
                    val bytes = Random.nextBytes(size)
                    pair.client.write(direct(bytes))
                    pair.server.read(size) shouldBe bytes
                    pair.server.write(ByteBuffer.wrap(bytes))
                    pair.client.read(size) shouldBe bytes
                }
            }

            test("$version: a batch of 64 KiB is at most five records, in one write") {
                val pair = TlsPair.open(version)
                val before = pair.wire.writes.size
                pair.client.write(direct(ByteArray(BATCH)))
                val writes = pair.wire.writes.drop(before)
                writes shouldHaveSize 1
                recordSizes(writes.single()) shouldHaveAtMostSize 5
            }

            test("$version: a payload of 3 MiB is written in full records, five a write") {
                val pair = TlsPair.open(version)
                val before = pair.wire.writes.size
                pair.client.write(ByteBuffer.wrap(ByteArray(BIG)))
                val writes = pair.wire.writes.drop(before)
                writes.flatMap(::recordSizes).size shouldBeLessThanOrEqual BIG / (16 * 1024) + 1
                writes.size shouldBeLessThanOrEqual BIG / (5 * 16 * 1024) + 1
            }

            test("$version: a connection that brings a byte at a time is as good as any") {
                val pair = TlsPair.open(version, piece = 1)
                val bytes = Random.nextBytes(40_000)
                pair.server.write(ByteBuffer.wrap(bytes))
                pair.client.read(bytes.size) shouldBe bytes
            }

            test("$version: records may be cut at every place") {
                val bytes = Random.nextBytes(40)
                var cut = 1
                do {
                    val pair = TlsPair.open(version)
                    // The tickets of TLS 1.3 come first, and are not cut.
                    pair.server.write(ByteBuffer.wrap(byteArrayOf(0)))
                    pair.client.read(1)
                    pair.wire.piece = cut
                    pair.server.write(ByteBuffer.wrap(bytes))
                    val size = pair.serverWire.writes.last().size
                    pair.client.read(bytes.size) shouldBe bytes
                } while (++cut <= size)
            }

            test("$version: both directions at the same time, on two threads each") {
                val pair = TlsPair.open(version)
                val up = Random.nextBytes(BIG)
                val down = Random.nextBytes(BIG)
                withContext(Dispatchers.Default) {
                    launch { for (part in up.asList().chunked(BATCH)) pair.client.write(direct(part.toByteArray())) }
                    launch { for (part in down.asList().chunked(BATCH)) pair.server.write(direct(part.toByteArray())) }
                    val received = async { pair.server.read(BIG) }
                    pair.client.read(BIG) shouldBe down
                    received.await() shouldBe up
                }
            }

            test("$version: the stream ends with close_notify, and without it") {
                for (politely in listOf(true, false)) {
                    val pair = TlsPair.open(version)
                    pair.server.write(ByteBuffer.wrap(byteArrayOf(1, 2, 3)))
                    if (politely) pair.server.close() else pair.serverWire.close()
                    pair.client.read(10) shouldBe byteArrayOf(1, 2, 3)
                    pair.client.read(10) shouldBe byteArrayOf()
                }
            }

            test("$version: closing says so to the server, once") {
                val pair = TlsPair.open(version)
                val before = pair.wire.writes.size
                pair.client.close()
                pair.client.close()
                recordSizes(pair.wire.writes.drop(before).single()) shouldHaveSize 1
                pair.server.read(1) shouldBe byteArrayOf()
                pair.serverEngine.isInboundDone shouldBe true
            }

            test("$version: after a write that was cut off nothing is written, and its position counts what may have arrived") {
                val pair = TlsPair.open(version)
                val before = pair.wire.writes.sumOf { it.size }
                pair.wire.room = 100_000
                val bytes = direct(ByteArray(1_000_000))
                coroutineScope { launch(start = CoroutineStart.UNDISPATCHED) { pair.client.write(bytes) }.cancelAndJoin() }
                (pair.wire.writes.sumOf { it.size } - before) shouldBe 100_000
                // Everything that was encrypted for the two writes that took it, the second in part, and nothing beyond.
                bytes.position() shouldBeInRange 100_000..10 * 16 * 1024
                pair.wire.room = Int.MAX_VALUE
                shouldThrow<IOException> { pair.client.write(ByteBuffer.allocate(1)) }.message shouldContain "cut off"
                pair.client.close()
                (pair.wire.writes.sumOf { it.size } - before) shouldBe 100_000
            }

            test("$version: a record that was changed on the way ends the stream with an error") {
                val pair = TlsPair.open(version)
                pair.serverWire.inject(byteArrayOf(23, 3, 3, 0, 40) + Random.nextBytes(40))
                shouldThrow<SSLException> { pair.client.read(1) }
            }

            test("$version: a session is resumed by the next connection with the same options") {
                val options = TestCertificates.authority.trust.copy { versions = setOf(version) }
                val context = TestCertificates.loopback.serverContext()
                val sessions = List(3) {
                    val pair = TlsPair.open(options, context)
                    pair.server.write(ByteBuffer.wrap(byteArrayOf(1)))
                    // With TLS 1.3 the ticket comes after the handshake.
                    pair.client.read(1)
                    pair.engine.session.creationTime to pair.serverEngine.session.creationTime
                }
                sessions.forAll { it shouldBe sessions.first() }
            }
        }

        test("a server may change keys at any time (KeyUpdate), and is answered in kind") {
            val pair = TlsPair.open(TlsVersion.TLS_1_3)
            repeat(3) {
                pair.serverEngine.beginHandshake()
                val bytes = Random.nextBytes(50_000)
                pair.server.write(ByteBuffer.wrap(bytes))
                pair.client.read(bytes.size) shouldBe bytes
                val before = pair.wire.writes.size
                pair.client.write(ByteBuffer.wrap(bytes))
                // The answer is a record of its own before the data, in the same write.
                recordSizes(pair.wire.writes[before]).size shouldBe 5
                pair.server.read(bytes.size) shouldBe bytes
            }
        }

        test("a server of TLS 1.2 that asks for a new handshake is refused") {
            val pair = TlsPair.open(TlsVersion.TLS_1_2)
            pair.serverEngine.beginHandshake()
            runCatching { pair.server.write(ByteBuffer.wrap(byteArrayOf(1))) }
            shouldThrow<SSLException> { pair.client.read(1) }.message shouldContain "renegotiation"
        }
    })
