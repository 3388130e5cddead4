package dev.midge.nats.testing.contract

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain

/** The part of the contract that takes more than one client, or time. */
internal fun FunSpec.conversations(connect: (Login) -> RawClient) {
    fun client(greeting: String): RawClient = connect(Login.NONE).apply {
        send(greeting)
        linesUntilPong().shouldBeEmpty()
    }

    test("INFO tells what a client has to know") {
        connect(Login.NONE).use { client ->
            client.info shouldContain Regex("""^INFO \{"server_id":"N[A-Z2-7]{55}","server_name":"[^"]+","version":"2\.\d+\.\d+""")
            client.info shouldContain "\"proto\":1"
            client.info shouldContain "\"headers\":true"
            client.info shouldContain "\"max_payload\":1048576"
            client.info shouldContain "\"client_ip\":\"127.0.0.1\""
            client.info shouldContain Regex("\"client_id\":\\d+")
            client.info shouldNotContain "auth_required"
        }
        connect(Login.USER).use { it.info shouldContain "\"auth_required\":true" }
    }

    test("who does not CONNECT in time is told and cut off") {
        connect(Login.USER).use { it.linesUntilClosed() shouldContainExactly listOf("-ERR 'Authentication Timeout'") }
    }

    test("each subscriber gets its copy, under its own sid") {
        client(QUIET).use { one ->
            client(QUIET).use { two ->
                client(QUIET).use { publisher ->
                    one.subscribe("SUB a.b 1")
                    two.subscribe("SUB a.* 2", "SUB a.b 3")
                    publisher.send("PUB a.b 1", "x")
                    publisher.linesUntilPong().shouldBeEmpty()
                    one.linesUntilPong() shouldContainExactly listOf("MSG a.b 1 1", "x")
                    two.linesUntilPong() shouldContainExactlyInAnyOrder listOf("MSG a.b 2 1", "x", "MSG a.b 3 1", "x")
                }
            }
        }
    }

    test("a queue group shares the messages, each to one member") {
        client(QUIET).use { one ->
            client(QUIET).use { two ->
                one.subscribe("SUB work q 1")
                two.subscribe("SUB work q 1")
                repeat(200) { one.send("PUB work 1", "x") }
                val first = one.linesUntilPong().size / 2
                val second = two.linesUntilPong().size / 2
                first + second shouldBe 200
                // A fair coin leaves this range once in ten thousand million runs.
                first shouldBeInRange 50..150
            }
        }
    }

    test("headers are left out for who does not know them") {
        client(HEADERS).use { publisher ->
            client(QUIET).use { subscriber ->
                subscriber.subscribe("SUB a 1")
                publisher.send("HPUB a r 12 14", "NATS/1.0\r\n\r\nhi", "HPUB a 12 12", "NATS/1.0\r\n\r\n")
                publisher.linesUntilPong().shouldBeEmpty()
                subscriber.linesUntilPong() shouldContainExactly listOf("MSG a 1 r 2", "hi", "MSG a 1 0", "")
            }
        }
    }

    test("a request is answered") {
        client(NO_RESPONDERS).use { requester ->
            client(QUIET).use { responder ->
                responder.subscribe("SUB greet workers 1")
                requester.send("SUB inbox.* 9", "PUB greet inbox.1 3", "joe")
                responder.readLine() shouldBe "MSG greet 1 inbox.1 3"
                responder.readLine() shouldBe "joe"
                responder.send("PUB inbox.1 6", "hi joe")
                requester.readLine() shouldBe "MSG inbox.1 9 6"
                requester.readLine() shouldBe "hi joe"
            }
        }
    }

    test("a client that is gone gets nothing and leaves no subscription") {
        client(NO_RESPONDERS).use { publisher ->
            val gone = client(QUIET)
            gone.subscribe("SUB gone 1")
            gone.send("FOO")
            gone.linesUntilClosed()
            gone.close()
            publisher.send("SUB inbox 1", "PUB gone inbox 0", "")
            publisher.linesUntilPong().first() shouldContain "HMSG inbox 1"
        }
    }

    test("a payload of just the limit passes") {
        client(QUIET).use { client ->
            client.subscribe("SUB a 1")
            client.send("PUB a 1048576", "x".repeat(1_048_576))
            client.linesUntilPong() shouldContainExactly listOf("MSG a 1 1048576", "x".repeat(1_048_576))
        }
    }
}

private fun RawClient.subscribe(vararg lines: String) {
    send(*lines)
    linesUntilPong().shouldBeEmpty()
}
