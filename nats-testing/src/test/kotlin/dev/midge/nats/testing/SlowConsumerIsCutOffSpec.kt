package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import kotlin.concurrent.thread

class SlowConsumerIsCutOffSpec :
    FunSpec({
        test("a subscriber that does not read is cut off, and the one that reads gets everything") {
            EmbeddedNatsServer.start { maxPendingBytes = 4L * 1024 * 1024 }.use { server ->
                val (slow, healthy, publisher) = List(3) { RawClient(server.port).apply { send(QUIET) } }
                slow.send("SUB flood 1")
                slow.linesUntilPong().shouldBeEmpty()
                healthy.send("SUB flood 1")
                healthy.linesUntilPong().shouldBeEmpty()
                var received = 0
                val reading =
                    thread {
                        while (healthy.readLine() == "MSG flood 1 $SIZE") {
                            healthy.readLine()
                            if (++received == MESSAGES) break
                        }
                    }
                repeat(MESSAGES) { publisher.send("PUB flood $SIZE", PAYLOAD) }
                publisher.linesUntilPong().shouldBeEmpty()
                reading.join()
                received shouldBe MESSAGES
                // What was on its way is followed by the end: without it, this would fail by the socket's time limit.
                slow.linesUntilClosed().size shouldBeLessThan 2 * MESSAGES
                server.connections shouldBe 2
                listOf(slow, healthy, publisher).forEach { it.close() }
            }
        }

        test("a backlog within the limit is no slow consumer") {
            EmbeddedNatsServer.start().use { server ->
                RawClient(server.port).use { client ->
                    client.send(QUIET, "SUB a 1")
                    // 12 MB to itself: more than both sockets' buffers and more than what makes publishers wait.
                    val writer = thread { repeat(200) { client.send("PUB a $SIZE", PAYLOAD) } }
                    writer.join()
                    client.linesUntilPong() shouldContainExactly List(200) { listOf("MSG a 1 $SIZE", PAYLOAD) }.flatten()
                }
            }
        }
    })

private const val QUIET = """CONNECT {"verbose":false,"pedantic":false}"""
private const val SIZE = 60_000
private const val MESSAGES = 500
private val PAYLOAD = "x".repeat(SIZE)
