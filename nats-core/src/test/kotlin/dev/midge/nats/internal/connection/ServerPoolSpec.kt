package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsOptions
import dev.midge.nats.ReconnectOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** A pool whose clock stands still until a test moves it. */
private class Fixture(servers: String, reconnect: ReconnectOptions = ReconnectOptions { jitter = Duration.ZERO }) {
    var now = 0.seconds
    val pool = ServerPool(
        NatsOptions(servers) {
            randomizeServers = false
            this.reconnect = reconnect
        },
        nanoTime = { now.inWholeNanoseconds },
    )

    fun server(host: String): ServerAddress = pool.all().first { it.host == host }

    fun fail(host: String): Boolean = pool.failed(server(host), ConnectFailedException("refused", null), isTls = false)

    fun lose(host: String) = pool.lost(server(host), null, isTls = false)

    fun next(): Pair<String, Duration>? = pool.next()?.let { it.server.host to it.delay }
}

class ServerPoolSpec :
    FunSpec({
        test("servers take turns, and none is tried again before its wait is over") {
            val fixture = Fixture("a,b,c")
            fixture.lose("a")
            fixture.next() shouldBe ("b" to 0.seconds)
            fixture.fail("b")
            fixture.next() shouldBe ("c" to 0.seconds)
            fixture.now += 0.5.seconds
            fixture.fail("c")
            fixture.next() shouldBe ("a" to 1.5.seconds)
            fixture.now += 2.seconds
            fixture.next() shouldBe ("a" to 0.seconds)
        }

        test("waits grow with the failures of a server if the options say so, up to their limit") {
            val fixture = Fixture(
                "a",
                ReconnectOptions {
                    wait = 1.seconds
                    jitter = Duration.ZERO
                    multiplier = 2.0
                    maxWait = 5.seconds
                },
            )
            val waits = List(4) {
                fixture.fail("a")
                fixture.next()!!.second
            }
            waits shouldContainExactly listOf(2.seconds, 4.seconds, 5.seconds, 5.seconds)
            fixture.pool.connected(fixture.server("a"))
            fixture.lose("a")
            fixture.next() shouldBe ("a" to 1.seconds)
        }

        test("jitter lengthens each wait, by no more than was said") {
            val waits = List(200) {
                val fixture = Fixture(
                    "a",
                    ReconnectOptions {
                        wait = 1.seconds
                        jitter = 0.5.seconds
                    },
                )
                fixture.lose("a")
                fixture.next()!!.second
            }
            waits.forEach { (it in 1.seconds..1.5.seconds) shouldBe true }
            // All alike has a chance that nobody will see.
            (waits.distinct().size > 100) shouldBe true
        }

        test("servers that gossip names come and go; those of the options stay") {
            val fixture = Fixture("a,b")
            fixture.pool.discover(listOf("c:4222", "A:4222"), fixture.server("a")) shouldContainExactly listOf("nats://c:4222")
            fixture.pool.discover(listOf("c:4222", "d:4222"), fixture.server("a")) shouldContainExactly listOf("nats://d:4222")
            fixture.pool.discover(listOf("d:4222"), fixture.server("a")).shouldHaveSize(0)
            fixture.pool.all().map { it.host } shouldContainExactly listOf("a", "b", "d")
            // The one in use stays although its own cluster does not name it.
            fixture.pool.discover(listOf("e:4222"), fixture.server("d"))
            fixture.pool.all().map { it.host } shouldContainExactly listOf("a", "b", "d", "e")
        }

        test("servers that the user gave are different ones if their schemes or paths are") {
            val fixture = Fixture("nats://a:1,NATS://A:1,tls://a:1,ws://a:1,ws://a:1/one,ws://a:1/two")
            fixture.pool.others(fixture.pool.all()[0]).map { it.url } shouldContainExactly
                listOf("tls://a:1", "ws://a:1", "ws://a:1/one", "ws://a:1/two")
            fixture.pool.others(fixture.pool.all()[4]).map { it.url } shouldContainExactly
                listOf("nats://a:1", "nats://A:1", "tls://a:1", "ws://a:1", "ws://a:1/two")
        }

        test("an address that gossip names is to be reached as the server that named it, and one that is known so is not new") {
            val fixture = Fixture("nats://a:1,ws://a:2/nats,tls://c:1")
            val (plain, webSocket) = fixture.pool.all()
            fixture.pool.discover(listOf("a:1", "A:2", "b:2"), webSocket) shouldContainExactly listOf("ws://a:1/nats", "ws://b:2/nats")
            // Whether TLS is spoken is not for gossip to say: the server that the user gave says it.
            fixture.pool.discover(listOf("a:1", "a:2", "C:1"), plain) shouldContainExactly listOf("nats://a:2")
            fixture.pool.all().map { it.url } shouldContainExactly listOf("nats://a:1", "ws://a:2/nats", "tls://c:1", "nats://a:2")
        }

        test("an INFO full of dead addresses does not keep the client from the user's servers") {
            val fixture = Fixture("a")
            fixture.pool.discover(List(30_000) { "10.0.${it / 250}.${it % 250}:4222" }, fixture.server("a"))
            fixture.pool.all() shouldHaveSize 257
            fixture.lose("a")
            fixture.fail(fixture.next()!!.first)
            fixture.now += 2.seconds
            fixture.next() shouldBe ("a" to 0.seconds)
        }
    })
