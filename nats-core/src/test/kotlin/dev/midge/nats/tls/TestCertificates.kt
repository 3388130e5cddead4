package dev.midge.nats.tls

import dev.midge.nats.TlsOptions
import io.netty.pkitesting.CertificateBuilder
import io.netty.pkitesting.X509Bundle
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import javax.net.ssl.SSLContext
import kotlin.io.path.writeText

/** A certificate with its key, as files that a server or a client reads. */
class TestCertificate(private val bundle: X509Bundle) {
    val chain: Path by lazy { TestCertificates.file("chain.pem", bundle.certificatePathPEM) }
    val key: Path by lazy { TestCertificates.file("key.pem", bundle.privateKeyPEM) }
    val keyPair = bundle.keyPair!!

    /** What a server with this certificate speaks TLS by. */
    fun serverContext(): SSLContext =
        SSLContext.getInstance("TLS").apply { init(bundle.toKeyManagerFactory().keyManagers, arrayOf(bundle.toTrustManager()), null) }
}

/** An authority that issues certificates for tests: good ones, and ones with whatever fault a test needs. */
class TestAuthority(name: String) {
    private val root = CertificateBuilder().subject("CN=$name").setIsCertificateAuthority(true).buildSelfSigned()
    val file: Path = TestCertificates.file("ca.pem", root.rootCertificatePEM)

    /** Trusts this authority alone. */
    val trust = TlsOptions(trustAnchors = file)

    fun issue(
        commonName: String = "localhost",
        dns: List<String> = emptyList(),
        ip: List<String> = emptyList(),
        expired: Boolean = false,
    ): TestCertificate = TestCertificate(builder(commonName, dns, ip, expired).buildIssuedBy(root))

    companion object {
        fun selfSigned(dns: String): TestCertificate =
            TestCertificate(builder(dns, listOf(dns), emptyList(), expired = false).setIsCertificateAuthority(true).buildSelfSigned())

        private fun builder(commonName: String, dns: List<String>, ip: List<String>, expired: Boolean): CertificateBuilder {
            val start = Instant.now().minus(Duration.ofDays(10))
            val builder = CertificateBuilder().subject("CN=$commonName")
            builder.notBefore(start).notAfter(start.plus(if (expired) Duration.ofDays(5) else Duration.ofDays(100)))
            dns.forEach(builder::addSanDnsName)
            ip.forEach { builder.addSanIpAddress(it) }
            return builder
        }
    }
}

/** Files that are gone when the JVM ends, and the certificates that most tests share. */
object TestCertificates {
    private val directory = Files.createTempDirectory("midge-tls").also { it.toFile().deleteOnExit() }

    val authority by lazy { TestAuthority("Midge test authority") }
    val loopback by lazy { authority.issue(dns = listOf("localhost"), ip = listOf("127.0.0.1")) }
    val client by lazy { authority.issue(commonName = "client") }

    fun file(suffix: String, text: String): Path =
        Files.createTempFile(directory, "", suffix).also { it.toFile().deleteOnExit() }.apply { writeText(text) }
}
