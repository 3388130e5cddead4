package dev.midge.nats.tls

import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import dev.midge.nats.testing.fixtures.TestCertificates
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import java.nio.file.Path
import javax.net.ssl.SSLContext
import kotlin.io.path.copyTo
import kotlin.io.path.readLines
import kotlin.io.path.readText
import kotlin.io.path.writeText

private fun resource(name: String): Path = Path.of("src/test/resources/tls").resolve(name)

private fun refusal(options: TlsOptions): TlsException =
    shouldThrow<TlsException> { options.contexts.current() }.also { it.reason shouldBe TlsException.Reason.CONFIGURATION }

class TlsFilesSpec :
    FunSpec({
        context("keys are read as OpenSSL writes them") {
            withTests("rsa.pkcs8", "rsa.pkcs1", "ec.pkcs8", "ec.sec1", "ec384.sec1", "ed25519.pkcs8") { name ->
                TlsOptions {
                    certificateChain = resource(name.substringBefore('.') + ".crt")
                    privateKey = resource("$name.key")
                }.contexts.current()
            }
        }

        context("what cannot be used is refused by the name of its file, and never shown") {
            val key = resource("rsa.pkcs8.key")
            val chain = resource("rsa.crt")
            withTests(
                nameFn = { it.first.first },
                Triple("an encrypted PKCS#8 key", chain, resource("rsa.encrypted.key")) to "openssl pkey",
                Triple("an encrypted PKCS#1 key", chain, resource("rsa.pkcs1encrypted.key")) to "openssl pkey",
                Triple("a key of another certificate", chain, resource("ec.pkcs8.key")) to "not that of the first certificate",
                Triple("a certificate for a key", chain, chain) to "holds no '-----BEGIN PRIVATE KEY-----'",
                Triple("a key for a certificate", key, key) to "holds no '-----BEGIN CERTIFICATE-----'",
                Triple("a file that is not there", chain, Path.of("nowhere.key")) to "cannot be read",
                Triple(
                    "a key that was cut",
                    chain,
                    TestCertificates.file("cut", key.readLines().minus(key.readLines()[9]).joinToString("\n")),
                ) to
                    "key that cannot be read",
                Triple("no Base64", chain, TestCertificates.file("odd", "-----BEGIN PRIVATE KEY-----\n???\n-----END PRIVATE KEY-----")) to
                    "Base64",
            ) { (case, words) ->
                val (_, certificates, privateKey) = case
                val refused = refusal(
                    TlsOptions {
                        certificateChain = certificates
                        this.privateKey = privateKey
                    },
                )
                refused.message shouldContain words
                generateSequence<Throwable>(refused) { it.cause }.joinToString() shouldNotContain key.readText().lines()[2]
            }
        }

        test("the context is kept while the files hold the same, whatever their dates, and made anew when they do not") {
            val chain = TestCertificates.file("chain.pem", resource("rsa.crt").readText())
            val key = TestCertificates.file("key.pem", resource("rsa.pkcs8.key").readText())
            val options = TlsOptions {
                certificateChain = chain
                privateKey = key
            }
            val first = options.contexts.current()
            resource("rsa.crt").copyTo(chain, overwrite = true)
            options.contexts.current() shouldBeSameInstanceAs first
            chain.writeText(resource("ec.crt").readText())
            // Between the two the files do not fit together.
            refusal(options)
            key.writeText(resource("ec.sec1.key").readText())
            options.contexts.current() shouldNotBeSameInstanceAs first
        }

        test("a supplier is asked at every attempt") {
            var asked = 0
            val options = TlsOptions { sslContext = { SSLContext.getDefault().also { asked++ } } }
            repeat(3) { options.contexts.current() }
            asked shouldBe 3
        }

        test("options that contradict each other are refused where they are made") {
            shouldThrow<IllegalArgumentException> { TlsOptions { certificateChain = Path.of("a") } }
            shouldThrow<IllegalArgumentException> { TlsOptions { privateKey = Path.of("a") } }
            shouldThrow<IllegalArgumentException> {
                TlsOptions {
                    trustAnchors = Path.of("a")
                    sslContext = SSLContext::getDefault
                }
            }
            shouldThrow<IllegalArgumentException> { TlsOptions { versions = emptySet() } }
        }
    })
