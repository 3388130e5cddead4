package dev.midge.nats.testing

import dev.midge.nats.testing.EmbeddedServerTls.Mode
import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.testing.fixtures.handshakeInMemory
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.nats.client.ErrorListener
import io.nats.client.Nats
import io.nats.client.Options
import java.time.Duration

/** The official client's TLS against that of the embedded server. */
class EmbeddedServerTlsJnatsSpec :
    FunSpec({
        beforeSpec { handshakeInMemory(TestCertificates.goodIp.serverContext(), TestCertificates.authority.clientContext()) }

        fun exchange(server: EmbeddedNatsServer, certificate: TestCertificate? = null, configure: Options.Builder.() -> Unit = {}) {
            val options =
                Options
                    .builder()
                    .server(server.url)
                    .sslContext(TestCertificates.authority.clientContext(certificate))
                    .errorListener(object : ErrorListener {})
                    .noReconnect()
                    .apply(configure)
                    .build()
            Nats.connect(options).use { nats ->
                val subscription = nats.subscribe("big")
                val payload = ByteArray(500_000) { it.toByte() }
                repeat(10) { nats.publish("big", payload) }
                repeat(10) { subscription.nextMessage(Duration.ofSeconds(5)).data.contentEquals(payload) shouldBe true }
            }
        }

        test("it exchanges messages after INFO, and with the handshake first") {
            val context = TestCertificates.goodIp.serverContext()
            EmbeddedNatsServer.start { tls = EmbeddedServerTls(context) }.use { exchange(it) }
            EmbeddedNatsServer.start { tls = EmbeddedServerTls(context, Mode.HANDSHAKE_FIRST) }.use { server ->
                exchange(server) { tlsFirst() }
            }
        }

        test("it is let in with a certificate, and not without") {
            val context = TestCertificates.goodIp.serverContext()
            EmbeddedNatsServer.start { tls = EmbeddedServerTls(context, needsClientCertificate = true) }.use { server ->
                exchange(server, TestCertificates.client)
                shouldThrow<Exception> { exchange(server) }
            }
        }
    })
