package dev.midge.nats.tls

import dev.midge.nats.TlsException.Reason
import dev.midge.nats.TlsOptions
import dev.midge.nats.TlsVersion
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestAuthority
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.spec.style.scopes.FunSpecContainerScope
import io.kotest.matchers.string.shouldContain

private val authority = TestCertificates.authority
private val trust = authority.trust
private val mutual = trust.copy {
    certificateChain = TestCertificates.client.chain
    privateKey = TestCertificates.client.key
}

private val NatsServerProcess.byName get() = "tls://localhost:$port"
private val NatsServerProcess.byAddress get() = "tls://127.0.0.1:$port"

/** `handshake_first` came with 2.10.4, `min_version` with 2.11. */
private val newest = "2.15.1"

class TlsVerifiesTheServerIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", newest)) {
            context("nats-server $version") {
                certificates(version)
                clientCertificates(version)
                versions(version)
                if (version != "2.9.10") handshakeFirst(version)

                test("a server that speaks plain text is refused") {
                    NatsServerProcess.start { this.version = version }.use { server ->
                        refusedBy(server.byName, trust, Reason.NOT_OFFERED).message shouldContain "offers no TLS"
                        refusedBy("nats://localhost:${server.port}", TlsOptions { required = true }, Reason.NOT_OFFERED)
                        refusedBy(server.byName, trust.copy { handshakeFirst = true }, Reason.PLAIN_TEXT)
                    }
                }
            }
        }
    })

private suspend fun FunSpecContainerScope.certificates(version: String) {
    test("a certificate for the host name is accepted, by any URL that TLS was asked for with") {
        tlsServer(version).use { server ->
            worksBy(server.byName, trust)
            worksBy("nats://localhost:${server.port}", trust)
        }
    }

    test("a certificate for the address is accepted") { tlsServer(version).use { worksBy(it.byAddress, trust) } }

    test("a certificate for another host name is refused, unless names are not to be looked at") {
        tlsServer(version, TestCertificates.wrongDns).use { server ->
            refusedBy(server.byName, trust, Reason.WRONG_NAME).message shouldContain "not for 'localhost'"
            worksBy(server.byName, trust.copy { dangerouslySkipHostNameVerification = true })
        }
    }

    test("a certificate for another address is refused") {
        tlsServer(version, TestCertificates.wrongIp).use { server ->
            refusedBy(server.byAddress, trust, Reason.WRONG_NAME).message shouldContain "127.0.0.1"
        }
    }

    test("a self-signed certificate is refused, unless it is trusted itself; so is one that the system does not trust") {
        tlsServer(version, TestCertificates.selfSigned).use { server ->
            refusedBy(server.byName, trust, Reason.UNKNOWN_ISSUER)
            refusedBy(server.byName, TlsOptions(), Reason.UNKNOWN_ISSUER).message shouldContain "tls.trustAnchors"
            refusedBy("nats://localhost:${server.port}", TlsOptions(), Reason.UNKNOWN_ISSUER)
            worksBy(server.byName, TlsOptions { trustAnchors = TestCertificates.selfSigned.chain })
        }
    }

    test("an expired certificate is refused") {
        tlsServer(version, TestCertificates.expired).use { refusedBy(it.byName, trust, Reason.EXPIRED) }
    }

    test("a certificate without a subject alternative name is refused, whatever its common name") {
        tlsServer(version, TestCertificates.noSubjectAlternativeName).use { server ->
            refusedBy(server.byName, trust, Reason.WRONG_NAME).message shouldContain "alternative name"
            refusedBy(server.byAddress, trust, Reason.WRONG_NAME)
        }
    }
}

private suspend fun FunSpecContainerScope.clientCertificates(version: String) {
    test("a client with a certificate is let in by a server that asks for one") {
        tlsServer(version, TestCertificates.loopback, *authority.verify).use { worksBy(it.byName, mutual) }
    }

    test("a client without one, with an expired one or one of another authority is told that this is why it is not let in") {
        val useless =
            listOf(TestAuthority("Another authority").issue(commonName = "client"), authority.issue(commonName = "client", expired = true))
        tlsServer(version, TestCertificates.loopback, *authority.verify).use { server ->
            for (tls in TlsVersion.entries) {
                val options = trust.copy { versions = setOf(tls) }
                refusedBy(server.byName, options, Reason.CLIENT_CERTIFICATE_REQUIRED).message shouldContain "tls.certificateChain"
                for (client in useless) {
                    val withUseless = options.copy {
                        certificateChain = client.chain
                        privateKey = client.key
                    }
                    refusedBy(server.byName, withUseless, Reason.CLIENT_CERTIFICATE_REFUSED)
                }
            }
        }
    }
}

private suspend fun FunSpecContainerScope.versions(version: String) {
    test("TLS 1.3 alone, and 1.2 alone, if that is what the options say") {
        tlsServer(version).use { server ->
            for (tls in TlsVersion.entries) worksBy(server.byName, trust.copy { versions = setOf(tls) })
        }
        if (version == newest) {
            tlsServer(version, TestCertificates.loopback, "min_version: \"1.3\"").use { server ->
                worksBy(server.byName, trust)
                refusedBy(server.byName, trust.copy { versions = setOf(TlsVersion.TLS_1_2) }, Reason.PROTOCOL_VERSION)
            }
        }
    }
}

private suspend fun FunSpecContainerScope.handshakeFirst(version: String) {
    test("the handshake comes before INFO, if both sides are set so") {
        tlsServer(version, TestCertificates.loopback, "handshake_first: true").use {
            worksBy(it.byName, trust.copy { handshakeFirst = true })
        }
    }
}
