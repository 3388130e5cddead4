package dev.midge.nats.tls

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.TlsException.Reason
import dev.midge.nats.TlsVersion
import dev.midge.nats.internal.auth.Ed25519KeyPair
import dev.midge.nats.internal.auth.NKeyType
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.use
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.netty.pkitesting.CertificateBuilder.Algorithm
import org.bouncycastle.jce.provider.BouncyCastleProvider
import java.security.KeyPair
import java.security.KeyPairGeneratorSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.spec.AlgorithmParameterSpec

/** Makes keys, but not of what it is given. */
class OtherGenerator : KeyPairGeneratorSpi() {
    override fun initialize(keysize: Int, random: SecureRandom?) = Unit

    override fun initialize(params: AlgorithmParameterSpec?, random: SecureRandom?) = Unit

    override fun generateKeyPair(): KeyPair = KeyPair(null, null)
}

private val stranger = object : Provider("Stranger", "1", "makes Ed25519 keys in its own way") {
    init {
        put("KeyPairGenerator.Ed25519", OtherGenerator::class.java.name)
    }
}

/** Runs [block] while [provider] is asked before all others. */
private inline fun first(provider: Provider, block: () -> Unit) {
    check(Security.insertProviderAt(provider, 1) == 1) { "$provider is installed already" }
    try {
        block()
    } finally {
        Security.removeProvider(provider.name)
    }
}

class OtherProvidersFirstIT :
    FunSpec({
        val authority = TestCertificates.authority

        for (algorithm in listOf(Algorithm.ed25519, Algorithm.ecp256, Algorithm.rsa2048)) {
            test("with Bouncy Castle as the first provider a client is known by its $algorithm certificate, and a wrong server refused") {
                val client = authority.issue(commonName = "client", algorithm = algorithm)
                val mutual = authority.trust.copy {
                    certificateChain = client.chain
                    privateKey = client.key
                }
                tlsServer("2.15.1", TestCertificates.loopback, *authority.verify).use { server ->
                    val url = "tls://localhost:${server.port}"
                    for (tls in TlsVersion.entries) {
                        withClue("$tls, the JDK alone") { worksBy(url, mutual.copy { versions = setOf(tls) }) }
                        withClue("$tls") { first(BouncyCastleProvider()) { worksBy(url, mutual.copy { versions = setOf(tls) }) } }
                    }
                }
                tlsServer("2.15.1", TestCertificates.wrongDns).use { server ->
                    first(BouncyCastleProvider()) { refusedBy("tls://localhost:${server.port}", authority.trust, Reason.WRONG_NAME) }
                }
            }
        }

        test("an NKey signs whatever provider is the first, also one that makes keys in its own way") {
            val key = TestKey(NKeyType.USER)
            val expected = Ed25519KeyPair.of(key.raw)
            val server = NatsServerProcess.start { config = "authorization { users = [ { nkey: ${key.public} } ] }" }
            server.use {
                for (provider in listOf(BouncyCastleProvider(), stranger)) {
                    first(provider) {
                        Ed25519KeyPair.of(key.raw).publicKey shouldBe expected.publicKey
                        NatsConnection(server.url) { auth = NatsAuth.NKey(key.seed) }.use { it.connect() }
                    }
                }
            }
        }
    })
