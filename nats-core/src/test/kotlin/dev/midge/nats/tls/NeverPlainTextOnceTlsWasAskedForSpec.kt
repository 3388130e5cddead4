package dev.midge.nats.tls

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsAuth
import dev.midge.nats.TlsException
import dev.midge.nats.TlsException.Reason
import dev.midge.nats.TlsOptions
import dev.midge.nats.scripted.ScriptedNetwork
import dev.midge.nats.scripted.ScriptedServer
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.io.IOException
import kotlin.time.Duration.Companion.seconds

private const val OFFER = """{"server_id":"S","headers":true,"tls_required":true}"""
private const val NO_OFFER = ScriptedServer.INFO

/** Made before it is asked for: making keys takes longer than connecting may. */
private val context = TestCertificates.loopback.serverContext()

/** A TLS record of the kind "handshake", which only a ClientHello is at this point. */
private const val HANDSHAKE_RECORD: Byte = 22

private class Case(val name: String, val url: String = "nats://scripted:4222", val tls: TlsOptions = TlsOptions())

private val asking = listOf(
    Case("tls://", url = "tls://scripted:4222"),
    Case("tls:// of another server of the list", url = "nats://scripted:4222,tls://other:4222"),
    Case("required", tls = TlsOptions { required = true }),
    Case("trust anchors", tls = TestCertificates.authority.trust),
    Case("an SSLContext", tls = TlsOptions { sslContext = { context } }),
)

/** Sends [words], lets the client fail, and returns why and what the server has got from it. If it [answers], the server then hangs up. */
private suspend fun attack(case: Case, words: String, answers: Boolean = false): Pair<Throwable?, ByteArray> {
    val network = ScriptedNetwork()
    val nats = network.connection(case.url) {
        tls = case.tls
        randomizeServers = false
        auth = NatsAuth.UserPassword("joe", "s3cret")
        timeouts { connect = 30.seconds }
    }
    return coroutineScope {
        val connecting = async { runCatching { nats.connect() }.exceptionOrNull() }
        val server = network.accept()
        // A list has a second server, which is not there.
        network.refusal = IOException("refused")
        server.send(words)
        if (answers) {
            server.awaitBytes()
            server.hangUp()
        }
        server.closedByClient.await()
        connecting.await() to server.written()
    }.also { nats.close() }
}

private fun reasons(failure: Throwable?): List<Reason> =
    (listOf(failure, failure?.cause) + failure?.suppressed.orEmpty()).mapNotNull { (it as? TlsException)?.reason }

class NeverPlainTextOnceTlsWasAskedForSpec :
    FunSpec({
        context("a server that offers no TLS, or has had its offer removed, gets 0 bytes") {
            withTests(nameFn = Case::name, asking) { case ->
                val (failure, written) = attack(case, "INFO $NO_OFFER\r\n")
                written.size shouldBe 0
                reasons(failure) shouldBe listOf(Reason.NOT_OFFERED)
            }
        }

        context("what follows INFO in plain text is refused before anything is sent") {
            withTests(
                nameFn = { it.trim() },
                "PONG\r\n",
                "PING\r\n",
                "+OK\r\n",
                "INFO $OFFER\r\n",
                "MSG a 1 0",
                "X",
            ) { injected ->
                val (failure, written) = attack(Case("tls://", "tls://scripted:4222"), "INFO $OFFER\r\n$injected")
                written.size shouldBe 0
                reasons(failure) shouldBe listOf(Reason.PLAIN_TEXT)
            }
        }

        context("whoever asks for TLS sends a ClientHello and nothing else") {
            withTests(nameFn = Case::name, asking.filterNot { it.url.startsWith("ws") } + Case("only the server")) { case ->
                val (_, written) = attack(case, "INFO $OFFER\r\n", answers = true)
                written.first() shouldBe HANDSHAKE_RECORD
                recordSizes(written).size shouldBe 1
            }
        }

        test("a server that goes on in plain text after the ClientHello is refused") {
            val network = ScriptedNetwork()
            val nats = network.connection("tls://scripted:4222") { auth = NatsAuth.UserPassword("joe", "s3cret") }
            coroutineScope {
                val connecting = async { runCatching { nats.connect() }.exceptionOrNull() }
                val server = network.accept()
                server.send("INFO $OFFER\r\n")
                server.awaitBytes()
                server.send("PONG\r\nPONG\r\n")
                reasons(connecting.await()) shouldBe listOf(Reason.PLAIN_TEXT)
                server.closedByClient.await()
                // The ClientHello, and the alert that ends it.
                recordSizes(server.written()).size shouldBe 2
            }
            nats.close()
        }

        test("with the handshake first, the client begins, and takes no INFO in plain text") {
            val (failure, written) = attack(Case("first", tls = TlsOptions { handshakeFirst = true }), "INFO $NO_OFFER\r\n")
            reasons(failure) shouldBe listOf(Reason.PLAIN_TEXT)
            written.first() shouldBe HANDSHAKE_RECORD
        }

        test("a refusal of credentials in plain text is not believed: it could end reconnecting") {
            val (failure, written) = attack(Case("tls://", "tls://scripted:4222"), "INFO $OFFER\r\n-ERR 'Authorization Violation'\r\n")
            written.size shouldBe 0
            failure.shouldBeInstanceOf<ConnectFailedException>()
        }

        test("files that cannot be used are no reason to do without TLS") {
            val broken = TlsOptions { trustAnchors = TestCertificates.file("ca.pem", "nothing") }
            val (failure, written) = attack(Case("broken", tls = broken), "INFO $OFFER\r\n")
            written.size shouldBe 0
            reasons(failure) shouldBe listOf(Reason.CONFIGURATION)
        }
    })
