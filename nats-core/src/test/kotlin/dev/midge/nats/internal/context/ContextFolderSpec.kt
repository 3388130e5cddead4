package dev.midge.nats.internal.context

import dev.midge.nats.ContextException
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsContext
import dev.midge.nats.NatsOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText

/** The seed that the documentation of NATS shows: nobody is let in by it. */
private const val SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"

class ContextFolderSpec :
    FunSpec({
        val home = tempdir().toPath()
        val root = home.resolve(".config/nats")
        root.resolve("context").createDirectories()
        val folder = ContextFolder(root, home)

        fun context(json: String, name: String = "test"): NatsContext {
            root.resolve("context/$name.json").writeText(json)
            return folder.load(name)
        }

        fun options(json: String) = context(json).applyTo(NatsOptions.builder()).build()

        test("a context is found by its name, or because it is selected") {
            context("""{"description":"the first","url":"nats://a:1","unknown":{"x":1},"color_scheme":"red"}""", "first")
            context("{}", "second")
            folder.names() shouldContainExactly listOf("first", "second")
            folder.load("first").description shouldBe "the first"
            shouldThrow<ContextException> { folder.load(null) }.message shouldContain "no context is selected"
            root.resolve("context.txt").writeText("first\n")
            folder.load(null).name shouldBe "first"
            shouldThrow<ContextException> { folder.load("third") }.message shouldContain "[first, second]"
            for (bad in listOf("../x", "a/b", "", "a\\b", "..")) shouldThrow<ContextException> { folder.load(bad) }
        }

        test("what a context says is what the options are") {
            val options = options(
                """{"url":"nats://a:4222,tls://b:4333","inbox_prefix":"_IN.me","ca":"/ca.pem","cert":"~/c.pem","key":"~/k.pem",
                "tls_first":true,"jetstream_domain":"hub","jetstream_api_prefix":"A","jetstream_event_prefix":"E"}""",
            )
            options.toString() shouldContain "a:4222"
            options.toString() shouldContain "b:4333"
            options.inboxPrefix.value shouldBe "_IN.me"
            options.tls.trustAnchors shouldBe Path.of("/ca.pem")
            options.tls.certificateChain shouldBe home.resolve("c.pem")
            options.tls.privateKey shouldBe home.resolve("k.pem")
            options.tls.handshakeFirst shouldBe true
            folder.load("test").apply {
                jetStreamDomain shouldBe "hub"
                jetStreamApiPrefix shouldBe "A"
                jetStreamEventPrefix shouldBe "E"
            }
        }

        test("what a context leaves out stays as it is, but for servers and credentials: no secret goes to servers that it was not for") {
            val before = NatsOptions("nats://x:1") {
                name = "app"
                auth = NatsAuth.Token("t")
                inboxPrefix = "_MINE"
                tls { required = true }
            }
            val options = context("{}").applyTo(before.toBuilder()).build()
            options.name shouldBe "app"
            options.auth shouldBe NatsAuth.None
            options.inboxPrefix.value shouldBe "_MINE"
            options.tls.required shouldBe true
            options.toString() shouldContain "localhost:4222"
        }

        test("of several credentials one counts: user, file, JWT, key, token") {
            val all = listOf(
                """"user":"u","password":"p"""",
                """"creds":"~/u.creds"""",
                """"user_jwt":"ey"""",
                """"nkey":"~/u.nk"""",
                """"token":"t"""",
            )

            fun auth(from: Int) = options(all.drop(from).joinToString(",", "{", "}")).auth
            auth(0).shouldBeInstanceOf<NatsAuth.UserPassword>().user shouldBe "u"
            auth(1).shouldBeInstanceOf<NatsAuth.CredentialsFile>().file shouldBe home.resolve("u.creds")
            auth(2).shouldBeInstanceOf<NatsAuth.Jwt>()
            auth(3).shouldBeInstanceOf<NatsAuth.NKey>()
            auth(4).shouldBeInstanceOf<NatsAuth.Token>()
            options("{}").auth shouldBe NatsAuth.None
            options("""{"user_jwt":"ey"}""").auth.shouldBeInstanceOf<NatsAuth.BearerJwt>()
        }

        test("the seed of a key is read at every attempt, alone or between lines of dashes") {
            val auth = options("""{"nkey":"~/u.nk"}""").auth as NatsAuth.NKey
            home.resolve("u.nk").writeText("  $SEED\n")
            auth.seed().concatToString() shouldBe SEED
            home.resolve("u.nk").writeText("-----BEGIN USER NKEY SEED-----\r\n$SEED\r\n------END USER NKEY SEED------\r\n")
            auth.seed().concatToString() shouldBe SEED
        }

        test("what this client does not do is refused, not left out") {
            shouldThrow<ContextException> { options("""{"nsc":"nsc://o/a/u"}""") }.message shouldContain "nsc"
            shouldThrow<ContextException> { options("""{"socks_proxy":"socks5://x"}""") }.message shouldContain "SOCKS"
        }

        test("a file that is no context is told, and quoted nowhere") {
            val failure = shouldThrow<ContextException> { context("""{"password":"secret" broken""") }
            generateSequence<Throwable>(failure) { it.cause }.joinToString() shouldNotContain "secret"
            shouldThrow<ContextException> { context("[]") }
            context("""{"user":"u","password":"secret"}""").toString() shouldNotContain "secret"
            shouldThrow<ContextException> { context("\"" + "x".repeat(300_000) + "\"") }.message shouldContain "more than"
        }
    })
