package dev.midge.nats.tls

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsException
import dev.midge.nats.Overflow
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestAuthority
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.random.Random

private val trust = TestCertificates.authority.trust

private suspend fun connected(
    server: NatsServerProcess,
    onLoss: ReconnectOptions = ReconnectOptions(),
    block: suspend (NatsConnection) -> Unit,
) {
    val nats = NatsConnection("tls://localhost:${server.port}") {
        tls = trust
        reconnect = onLoss
    }
    withContext(Dispatchers.Default) {
        try {
            block(nats)
        } finally {
            nats.close()
        }
    }
}

class TlsTrafficIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            test("$version: 100,000 messages there and back, in order, while both directions are busy") {
                tlsServer(version).use { server ->
                    connected(server) { nats ->
                        val subscription = nats.subscribe("n", overflow = Overflow.DropNewest(messages = 200_000))
                        coroutineScope {
                            val received = async { subscription.take(100_000).toList() }
                            repeat(100_000) { nats.publish("n", "$it".padEnd(it % 300).encodeToByteArray()) }
                            received.await().forEachIndexed { index, message -> message.text().trim() shouldBe "$index" }
                        }
                    }
                    server.log() shouldNotContain "Parser ERROR"
                }
            }

            test("$version: payloads of a megabyte, from several coroutines at once") {
                tlsServer(version).use { server ->
                    connected(server) { nats ->
                        val payloads = List(8) { Random.nextBytes(1024 * 1024 - it) }
                        nats.respond("echo") { it.payload }
                        payloads.map { payload -> async { nats.request("echo", payload).payload to payload } }.awaitAll()
                            .forEach { (reply, payload) -> (reply contentEquals payload) shouldBe true }
                    }
                }
            }

            test("$version: draining handles what is in flight, and the server is not left with a broken stream") {
                tlsServer(version).use { server ->
                    connected(server) { nats ->
                        val subscription = nats.subscribe("d")
                        val received = async(start = CoroutineStart.UNDISPATCHED) { subscription.toList() }
                        repeat(10_000) { nats.publish("d", ByteArray(100)) }
                        nats.drain()
                        received.await() shouldHaveSize 10_000
                    }
                    // Whoever starts the server looks whether it listens, and hangs up.
                    server.log().lines().filter { "[ERR]" in it && "TLS handshake error: EOF" !in it }.shouldBeEmpty()
                }
            }
        }

        test("a server that is killed while it is written to ends the connection with a typed error") {
            tlsServer("2.15.1").use { server ->
                connected(server, ReconnectOptions { maxReconnects = 0 }) { nats ->
                    nats.connect()
                    val publishing = List(4) { async { shouldThrow<NatsException> { while (true) nats.publish("x", ByteArray(100_000)) } } }
                    while (nats.stats().sentBytes < 50_000_000) kotlinx.coroutines.yield()
                    server.kill()
                    publishing.awaitAll()
                    nats.state.first { it == ConnectionState.Closed }
                }
            }
        }

        test("a reconnecting client resumes its TLS session, until the files have changed") {
            tlsServer("2.15.1").use { server ->
                val authority = TestCertificates.file("ca.pem", TestCertificates.authority.file.toFile().readText())
                val options = trust.copy { trustAnchors = authority }
                suspend fun sessions(): Set<Long> {
                    worksBy("tls://localhost:${server.port}", options)
                    val sessions = options.contexts.current().clientSessionContext
                    return sessions.ids.toList().mapNotNull { sessions.getSession(it)?.creationTime }.toSet()
                }
                val first = sessions()
                first shouldHaveSize 1
                repeat(3) { sessions() shouldBe first }
                authority.toFile().appendText(TestAuthority("Another authority").file.toFile().readText())
                val second = sessions()
                second shouldHaveSize 1
                second shouldNotBe first
            }
        }
    })
