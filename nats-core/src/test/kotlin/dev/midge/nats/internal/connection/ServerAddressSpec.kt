package dev.midge.nats.internal.connection

import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.types.shouldBeInstanceOf

class ServerAddressSpec :
    FunSpec({
        context("a list of servers is read") {
            withTests(
                nameFn = { (text, _) -> text },
                listOf(
                    "nats://localhost:4222" to listOf("nats://localhost:4222"),
                    "localhost" to listOf("nats://localhost:4222"),
                    "nats://a:1,nats://b:2" to listOf("nats://a:1", "nats://b:2"),
                    "a:1, b:2 ,c" to listOf("nats://a:1", "nats://b:2", "nats://c:4222"),
                    "nats://[::1]:4223" to listOf("nats://[::1]:4223"),
                    "nats://user:pass@a:1/" to listOf("nats://a:1"),
                    "tls://a,TLS://b:2" to listOf("tls://a:4222", "tls://b:2"),
                    "ws://a,wss://b" to listOf("ws://a:80", "wss://b:443"),
                    "ws://u:p@a:1/nats/ws,wss://b/" to listOf("ws://a:1/nats/ws", "wss://b:443"),
                    "ws://a/nats?token=t0ken" to listOf("ws://a:80/nats"),
                    "ws://a/nats/" to listOf("ws://a:80/nats/"),
                    "ws://a?token=t0ken/" to listOf("ws://a:80/"),
                ),
            ) { (text, urls) -> ServerAddress.parseList(text).map { it.url } shouldContainExactly urls }
        }

        test("credentials of the URL are kept and never shown") {
            val (byUser, byToken) = ServerAddress.parseList("nats://joe:s3cret@a,nats://t0ken@b")
            byUser.auth.shouldBeInstanceOf<NatsAuth.UserPassword>().password shouldBe "s3cret"
            byToken.auth.shouldBeInstanceOf<NatsAuth.Token>().token shouldBe "t0ken"
            val shown = "$byUser $byToken ${byUser.auth} ${byToken.auth} ${NatsOptions("nats://joe:s3cret@a")}"
            shown shouldNotContain "s3cret"
            shown shouldNotContain "t0ken"
        }

        context("what is no server is refused without showing it") {
            withTests(
                nameFn = { "'$it'" },
                "",
                " , ",
                "http://joe:s3cret@a",
                "nats://joe:s3cret@",
                "nats://joe:s3cret@a:99999",
                "nats://joe:s3cret@a:0",
                "nats://joe:s3cret@a/path",
                "nats://joe:s3cret@a b",
                "nats://a:port",
                "ws://joe:s3cret@a/pa th",
                "ws://joe:s3cret@a/path#place",
                "ws://joe:1?s3cret@a",
            ) { text -> shouldThrow<IllegalArgumentException> { ServerAddress.parseList(text) }.message shouldNotContain "s3cret" }
        }

        test("the pool tries servers in random order, or in the given one") {
            val text = "a,b,c,d,e,f,g,h"
            val servers = ServerAddress.parseList(text).map { it.url }
            ServerPool(NatsOptions(text) { randomizeServers = false }).all().map { it.url } shouldContainExactly servers
            val orders = List(20) { ServerPool(NatsOptions(text)).all().map { it.url } }
            orders.forEach { it shouldContainExactlyInAnyOrder servers }
            // That 20 shuffles of eight are all equal has a chance of 1 in 10^87.
            orders.distinct().size shouldBeGreaterThan 1
        }
    })
