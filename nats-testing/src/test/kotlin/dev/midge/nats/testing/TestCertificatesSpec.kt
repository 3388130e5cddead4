package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import javax.net.ssl.SSLException
import javax.net.ssl.SSLSocket

class TestCertificatesSpec :
    FunSpec({
        test("good certificates are taken, each for the name it has") {
            handshake(TestCertificates.goodDns, "localhost") shouldBe null
            handshake(TestCertificates.goodIp, "127.0.0.1") shouldBe null
            handshake(TestCertificates.goodDns, "127.0.0.1") shouldContain "subject alternative"
            handshake(TestCertificates.goodIp, "localhost") shouldContain "No name matching localhost"
        }

        test("bad certificates are refused, each for its own reason") {
            handshake(TestCertificates.wrongDns, "localhost") shouldContain "No subject alternative DNS name"
            handshake(TestCertificates.wrongIp, "127.0.0.1") shouldContain "No subject alternative names matching IP"
            handshake(TestCertificates.selfSigned, "localhost") shouldContain "unable to find valid certification path"
            handshake(TestCertificates.expired, "localhost") shouldContain "validity check failed"
            handshake(TestCertificates.noSubjectAlternativeName, "127.0.0.1") shouldContain "No subject alternative names present"
        }
    })

/** Shakes hands as a client that checks the name; what it has against the certificate, or `null`. */
private fun handshake(certificate: TestCertificate, host: String): String? = ScriptedNatsServer.start().use { server ->
    server.accept {
        try {
            startTls(certificate.serverContext())
            awaitClose()
        } catch (_: IOException) {
            // The client's to tell.
        }
    }
    val plain = Socket(InetAddress.getLoopbackAddress(), server.port)
    (TestCertificates.authority.clientContext().socketFactory.createSocket(plain, host, server.port, true) as SSLSocket).use { client ->
        client.sslParameters = client.sslParameters.apply { endpointIdentificationAlgorithm = "HTTPS" }
        runCatching { client.startHandshake() }.exceptionOrNull()?.shouldBeInstanceOf<SSLException>()?.message
    }
}
