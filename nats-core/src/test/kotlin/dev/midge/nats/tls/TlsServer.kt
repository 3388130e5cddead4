package dev.midge.nats.tls

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsConnection
import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.testing.fixtures.TestAuthority
import dev.midge.nats.testing.fixtures.TestCertificate
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first

/** Trusts this authority alone. */
val TestAuthority.trust: TlsOptions get() = TlsOptions { trustAnchors = file }

/** A real server in [version] with [certificate]. */
fun tlsServer(version: String, certificate: TestCertificate = TestCertificates.loopback, vararg more: String): NatsServerProcess =
    NatsServerProcess.start {
        this.version = version
        config = certificate.serverConfig(*more)
    }

/** Connects to [url] and has a message come back. */
suspend fun worksBy(url: String, tls: TlsOptions) {
    val nats = NatsConnection(url) { this.tls = tls }
    try {
        val subscription = nats.subscribe("echo")
        coroutineScope {
            val received = async(start = CoroutineStart.UNDISPATCHED) { subscription.first().text() }
            nats.publish("echo", "hello".encodeToByteArray())
            received.await() shouldBe "hello"
        }
    } finally {
        nats.close()
    }
}

/** Fails to connect to [url] for [reason], and returns what is said of it. */
suspend fun refusedBy(url: String, tls: TlsOptions, reason: TlsException.Reason): TlsException {
    val nats = NatsConnection(url) { this.tls = tls }
    val failure = shouldThrow<ConnectFailedException> { nats.connect() }.cause.shouldBeInstanceOf<TlsException>()
    nats.close()
    if (failure.reason != reason) throw AssertionError("the reason is ${failure.reason} instead of $reason", failure)
    return failure
}
