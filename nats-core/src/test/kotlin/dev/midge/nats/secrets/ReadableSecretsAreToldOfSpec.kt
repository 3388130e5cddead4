package dev.midge.nats.secrets

import ch.qos.logback.classic.Level
import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import dev.midge.nats.internal.auth.TestOperator
import dev.midge.nats.internal.connection.SecretFiles
import dev.midge.nats.internal.connection.TlsUpgrade
import dev.midge.nats.scripted.RecordingServer
import dev.midge.nats.testing.fixtures.TestCertificates
import dev.midge.nats.tls.PipeTransport
import dev.midge.nats.tls.trust
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.string.shouldContain
import org.slf4j.LoggerFactory
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import javax.net.ssl.SSLException
import kotlin.io.path.copyTo
import kotlin.io.path.setPosixFilePermissions
import kotlin.io.path.writeText

private const val INFO = """{"server_id":"S","version":"2.10.0","headers":true,"max_payload":1048576,"nonce":"n0nce"}"""

private val log = LoggerFactory.getLogger("dev.midge.nats.connection") as Logger

/** The warnings about [file] while [block] runs. */
private suspend fun warnings(file: Path, block: suspend () -> Unit): List<String> {
    val appender = ListAppender<ILoggingEvent>().apply { start() }
    val level = log.level
    log.level = Level.WARN
    log.isAdditive = false
    log.addAppender(appender)
    try {
        block()
    } finally {
        log.detachAppender(appender)
        log.isAdditive = true
        log.level = level
    }
    return appender.list.toList().filter { it.level == Level.WARN && file.toString() in it.formattedMessage }.map { it.formattedMessage }
}

private fun Path.mode(text: String) = apply { setPosixFilePermissions(PosixFilePermissions.fromString(text)) }

class ReadableSecretsAreToldOfSpec :
    FunSpec({
        val directory = tempdir().toPath()

        test("a credentials file that others can read gets one warning, however often it is read") {
            val file = directory.resolve("open.creds").apply { writeText(TestOperator().user().credentials) }.mode("rw-r--r--")
            val said = warnings(file) {
                repeat(3) {
                    val nats = RecordingServer(INFO).connection { auth = NatsAuth.Supplied { NatsAuth.CredentialsFile(file) } }
                    nats.connect()
                    nats.close()
                }
            }
            said.map { "rw-r--r--" in it } shouldContainExactly listOf(true)
            said.single() shouldContain "chmod 600"
        }

        test("a private key of TLS that others can read gets one too") {
            val key = TestCertificates.client.key.copyTo(directory.resolve("client.key")).mode("rw-r-----")
            val options = NatsOptions("tls://localhost") {
                tls = TestCertificates.authority.trust.copy {
                    certificateChain = TestCertificates.client.chain
                    privateKey = key
                }
            }
            val said = warnings(key) {
                repeat(2) {
                    val (wire, server) = PipeTransport.pair()
                    server.close()
                    shouldThrow<SSLException> { TlsUpgrade(options, options.servers.single()).encrypt(wire) }
                }
            }
            said.map { "rw-r-----" in it } shouldContainExactly listOf(true)
        }

        test("a file that only its owner can read gets none, nor does one that is not there") {
            val closed = directory.resolve("closed.creds").apply { writeText("x") }.mode("rw-------")
            warnings(closed) { SecretFiles.check(closed, log) }.shouldBeEmpty()
            val missing = directory.resolve("missing.creds")
            warnings(missing) { SecretFiles.check(missing, log) }.shouldBeEmpty()
        }
    })
