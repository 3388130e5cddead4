package dev.midge.nats.internal.auth

import dev.midge.nats.AuthenticationException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.checkAll
import java.nio.file.NoSuchFileException
import kotlin.io.path.writeText

private val user = TestOperator().user()

private fun parse(text: String): Pair<String, String> =
    CredentialsParser.parse(text.encodeToByteArray()).let { it.jwt to it.seed.concatToString() }

private fun blocks(vararg bodies: String) = bodies.joinToString("\n") { "-----BEGIN-----\n$it\n-----END-----\n" }

class CredentialsParserSpec :
    FunSpec({
        context("what other clients read is read") {
            withTests(
                mapOf(
                    "as nsc writes it" to user.credentials,
                    "a byte order mark" to "\uFEFF" + user.credentials,
                    "line ends of Windows" to user.credentials.replace("\n", "\r\n"),
                    "no line end at the end" to user.credentials.substringBefore("\n\n***************************************").trimEnd(),
                    "three dashes" to user.credentials.replace(Regex("-{5,6}"), "---"),
                    "many dashes" to user.credentials.replace(Regex("-{5,6}"), "-".repeat(40)),
                    "blanks at line ends" to user.credentials.replace("\n", " \t\n  "),
                    "empty lines between" to user.credentials.replace("\n", "\n\n"),
                    "text around" to "made by hand\n" + user.credentials + "\n---\nand more",
                ),
            ) { content -> parse(content) shouldBe (user.jwt to user.key.seed) }
        }

        context("what is no credentials file is refused, with the reason and without showing it") {
            withTests(
                mapOf(
                    "empty" to ("" to "no user JWT"),
                    "no dashes" to (user.jwt + "\n" + user.key.seed to "no user JWT"),
                    "JWT alone" to (user.jwt to "no user JWT"),
                    "cut off in the JWT" to (user.credentials.substringBefore("------END NATS") to "no user JWT"),
                    "no seed" to (blocks(user.jwt) to "no NKey seed"),
                    "cut off in the seed" to (user.credentials.substringBefore("------END USER") to "no NKey seed"),
                    "seed alone" to (blocks(user.key.seed) to "no NKey seed"),
                    "the seed first" to (blocks(user.key.seed, user.jwt) to "no JWT"),
                    "a JWT in two lines" to (blocks(user.jwt.chunked(100).joinToString("\n"), user.key.seed) to "no NKey seed"),
                    "a JWT with other characters" to (blocks(user.jwt.replaceRange(5, 6, "\""), user.key.seed) to "no JWT"),
                    "too long" to (user.credentials + "x".repeat(65_536) to "longer than 65536"),
                ),
            ) { (content, reason) ->
                val error = shouldThrow<AuthenticationException> { parse(content) }
                error.message shouldContain reason
                error.message shouldNotContain user.jwt.take(20)
                error.message shouldNotContain user.key.seed.take(20)
            }
        }

        test("UTF-16 is named") {
            for (charset in listOf(Charsets.UTF_16LE, Charsets.UTF_16BE)) {
                val content = "\uFEFF${user.credentials}".toByteArray(charset)
                shouldThrow<AuthenticationException> { CredentialsParser.parse(content) }.message shouldContain "it is UTF-16"
            }
        }

        test("any lines at all end in credentials or the typed error") {
            val dashes = listOf("-----BEGIN-----", "---", "------", "-----")
            val whole = listOf(blocks("a.b.c"), blocks(user.key.seed))
            val line = Arb.element(dashes + whole + listOf("", "\r", "a.b.c", user.key.seed, "\u0000", "ü", "*** x ***"))
            var read = 0
            checkAll(5_000, Arb.list(line, 0..12).map { it.joinToString("\n") }) { text ->
                val outcome = runCatching { parse(text) }
                if (outcome.isSuccess) read++
                if (outcome.isFailure) outcome.exceptionOrNull()!!::class shouldBe AuthenticationException::class
            }
            read shouldBeInRange 1..4_999
        }

        test("a file is read; one that cannot be is named, and so is one that holds something else") {
            val directory = tempdir().toPath()
            val file = directory.resolve("app.creds")
            val missing = shouldThrow<AuthenticationException> { CredentialsReader.read(file) }
            missing.message shouldContain "$file"
            missing.cause!!::class shouldBe NoSuchFileException::class
            shouldThrow<AuthenticationException> { CredentialsReader.read(directory) }.message shouldContain "cannot be read"
            file.writeText(user.credentials)
            CredentialsReader.read(file).jwt shouldBe user.jwt
            file.writeText("${user.jwt}\n")
            val wrong = shouldThrow<AuthenticationException> { CredentialsReader.read(file) }
            wrong.message shouldContain "$file"
            wrong.message shouldNotContain user.jwt.take(20)
            file.writeText(user.credentials + "x".repeat(1_000_000))
            shouldThrow<AuthenticationException> { CredentialsReader.read(file) }.message shouldContain "longer than"
        }
    })
