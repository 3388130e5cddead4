package dev.midge.nats.tls

import dev.midge.nats.NatsOptions
import dev.midge.nats.TlsException
import dev.midge.nats.TlsVersion
import dev.midge.nats.internal.connection.ServerAddress
import dev.midge.nats.internal.connection.TlsUpgrade
import dev.midge.nats.internal.transport.TlsHandshake
import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.io.IOException
import javax.net.ssl.ExtendedSSLSession
import javax.net.ssl.SNIServerName
import javax.net.ssl.SSLException

private val authority = TestCertificates.authority

/** How a client came by the name of a server. */
private enum class Learned { BY_NOBODY, IN_PLAIN_TEXT, OVER_TLS, IN_PLAIN_TEXT_AND_ALLOWED }

/** What a handshake with a server that shows [certificate] ends in, and what names it was told. */
private class Attempt(val failure: TlsException?, val indicated: List<SNIServerName>)

private suspend fun attempt(url: String, node: String?, learned: Learned, certificate: TestCertificate, version: TlsVersion): Attempt =
    coroutineScope {
        val options = NatsOptions(url) {
            tls = authority.trust.copy {
                versions = setOf(version)
                dangerouslyTrustNamesFromPlainText = learned == Learned.IN_PLAIN_TEXT_AND_ALLOWED
            }
        }
        val given = options.servers.single()
        val server: ServerAddress = if (node == null) given else checkNotNull(given.neighbour(node))
        if (learned == Learned.OVER_TLS) server.proveName()
        val (wire, serverWire) = PipeTransport.pair()
        val engine = certificate.serverContext().createSSLEngine().apply { useClientMode = false }
        val serving = async {
            try {
                TlsHandshake(serverWire, engine).run()
            } catch (e: IOException) {
                // The client has refused the certificate.
            }
        }
        val upgrade = TlsUpgrade(options, server)
        val failure = try {
            upgrade.encrypt(wire)
            null
        } catch (e: SSLException) {
            upgrade.explain(e) as TlsException
        } catch (e: TlsException) {
            e
        }
        wire.close()
        serving.await()
        Attempt(failure, (engine.session as ExtendedSSLSession).requestedServerNames)
    }

/** In both versions: they check at different moments. */
private suspend fun inBoth(url: String, node: String?, learned: Learned, certificate: TestCertificate, check: suspend (Attempt) -> Unit) {
    for (version in TlsVersion.entries) {
        withClue("$url, $node, $learned, $version") {
            check(attempt(url, node, learned, certificate, version))
        }
    }
}

private suspend fun accepted(url: String, node: String?, learned: Learned, certificate: TestCertificate) =
    inBoth(url, node, learned, certificate) { it.failure.shouldBeNull() }

private suspend fun refused(url: String, node: String?, learned: Learned, certificate: TestCertificate, vararg words: String) =
    inBoth(url, node, learned, certificate) { attempt ->
        attempt.failure.shouldNotBeNull().reason shouldBe TlsException.Reason.WRONG_NAME
        words.forEach { attempt.failure.message shouldContain it }
    }

class NamesOfOtherServersSpec :
    FunSpec({
        val given = "tls://lb.example"
        val node = "node2.example:4222"

        test(
            "a server with a certificate of its own name is accepted if that was told over verified TLS, or the options allow plain text",
        ) {
            val own = authority.issue(dns = listOf("node2.example"))
            accepted(given, node, Learned.OVER_TLS, own)
            accepted(given, node, Learned.IN_PLAIN_TEXT_AND_ALLOWED, own)
            refused(
                given,
                node,
                Learned.IN_PLAIN_TEXT,
                own,
                "'lb.example'",
                "'node2.example'",
                "plain text",
                "dangerouslyTrustNamesFromPlainText",
            )
        }

        test("a certificate for the name that the user gave is accepted, however the other name was told") {
            val shared = authority.issue(dns = listOf("lb.example"))
            for (learned in Learned.entries) accepted(given, node, learned, shared)
        }

        test("a certificate for a third name is refused, and so is one whose common name alone is right") {
            val third = authority.issue(dns = listOf("node3.example", "*.node2.example"))
            for (learned in Learned.entries) refused(given, node, learned, third, "'lb.example'")
            val common = authority.issue(commonName = "node2.example")
            for (learned in Learned.entries) refused(given, node, learned, common, "'lb.example'")
            // Its kind of name is that of the user's, its common name the other.
            val mixed = authority.issue(commonName = "node2.example", ip = listOf("192.0.2.9"))
            for (learned in Learned.entries) refused("tls://192.0.2.1", node, learned, mixed, "'192.0.2.1'")
        }

        test("an address that another server told says nothing: the certificate is for the user's name") {
            val own = authority.issue(ip = listOf("192.0.2.7"))
            for (learned in Learned.entries) {
                refused(given, "192.0.2.7:4222", learned, own, "'lb.example'")
                accepted(given, "192.0.2.7:4222", learned, authority.issue(dns = listOf("lb.example")))
            }
        }

        test("a name is indicated to the server that it is of") {
            val both = authority.issue(dns = listOf("lb.example", "node2.example"))
            inBoth(given, node, Learned.OVER_TLS, both) { "${it.indicated.single()}" shouldContain "node2.example" }
            inBoth(given, node, Learned.IN_PLAIN_TEXT, both) { "${it.indicated.single()}" shouldContain "lb.example" }
            inBoth(given, null, Learned.BY_NOBODY, both) { "${it.indicated.single()}" shouldContain "lb.example" }
        }

        test("a host name with an underscore is looked for in the certificate, and not indicated") {
            val url = "tls://nats_1.net.example"
            for (name in listOf("nats_1.net.example", "NATS_1.net.example", "*.net.example")) {
                inBoth(url, null, Learned.BY_NOBODY, authority.issue(dns = listOf(name))) {
                    it.failure.shouldBeNull()
                    it.indicated.shouldBeEmpty()
                }
            }
            for (name in listOf(
                "nats_2.net.example",
                "*.example",
                "*.nats_1.net.example",
                "n*.net.example",
                "net.example",
                "*.*.example",
            )) {
                refused(url, null, Learned.BY_NOBODY, authority.issue(dns = listOf(name)), "'nats_1.net.example'")
            }
            refused(url, null, Learned.BY_NOBODY, authority.issue(commonName = "nats_1.net.example"), "common name")
            accepted("tls://nats_1", null, Learned.BY_NOBODY, authority.issue(dns = listOf("nats_1")))
            accepted(given, "nats_1:4222", Learned.OVER_TLS, authority.issue(dns = listOf("nats_1")))
            accepted(given, "nats_1:4222", Learned.OVER_TLS, authority.issue(dns = listOf("lb.example")))
            refused(given, "nats_1:4222", Learned.IN_PLAIN_TEXT, authority.issue(dns = listOf("nats_1")), "'nats_1'", "plain text")
        }

        test("a failure of a name that the user gave says nothing of plain text") {
            inBoth(given, null, Learned.BY_NOBODY, authority.issue(dns = listOf("other.example"))) {
                it.failure.shouldNotBeNull().message shouldNotContain "plain text"
            }
        }
    })
