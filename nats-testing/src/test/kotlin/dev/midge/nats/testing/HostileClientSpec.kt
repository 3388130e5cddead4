package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import java.io.IOException
import kotlin.random.Random

class HostileClientSpec :
    FunSpec({
        val server = EmbeddedNatsServer.start()
        afterSpec { server.close() }

        fun isUp() = RawClient(server.port).use { it.linesUntilPong().shouldBeEmpty() }

        test("random bytes end their connection and no other") {
            RawClient(server.port).use { bystander ->
                val random = Random(4)
                repeat(300) {
                    RawClient(server.port).use { client ->
                        try {
                            client.sendRaw(random.nextBytes(random.nextInt(1, 10_000)))
                        } catch (_: IOException) {
                            // The server has heard enough before the end.
                        }
                    }
                }
                bystander.linesUntilPong().shouldBeEmpty()
            }
            isUp()
        }

        test("2,000 clients that announce a payload and send none take next to no memory") {
            val clients = List(2_000) { RawClient(server.port) }
            val before = usedHeap()
            clients.forEach { it.sendRaw("PUB a 1048576\r\nx".toByteArray()) }
            isUp()
            // 2 GB were announced.
            usedHeap() - before shouldBeLessThan 32L * 1024 * 1024
            clients.forEach { it.close() }
        }

        test("2,000 clients are served by one thread, each with its own subscription") {
            val threads = Thread.activeCount()
            val clients = List(2_000) { RawClient(server.port) }
            clients.forEachIndexed { index, client -> client.send(QUIET, "SUB all 1", "SUB mine.$index 2") }
            clients.forEach { it.linesUntilPong().shouldBeEmpty() }
            clients.first().send("PUB all 1", "x")
            clients.forEach { client -> List(2) { client.readLine() } shouldContainExactly listOf("MSG all 1 1", "x") }
            clients.forEachIndexed { index, _ -> clients.first().send("PUB mine.$index 1", "y") }
            clients.forEachIndexed { index, client ->
                List(2) { client.readLine() } shouldContainExactly listOf("MSG mine.$index 2 1", "y")
            }
            Thread.activeCount() shouldBe threads
            clients.forEach { it.close() }
        }

        test("a client that goes on talking still hears why it is cut off") {
            RawClient(server.port).use { client ->
                // More than one read brings: closing with the rest unread would reset the connection.
                client.send("FOO", "x".repeat(2_000_000))
                client.linesUntilClosed() shouldContainExactly listOf("-ERR 'Unknown Protocol Operation'")
            }
        }

        test("JSON nested as deep as a line allows is answered by the end of the connection") {
            RawClient(server.port).use { client ->
                client.send("CONNECT " + "[".repeat(4000))
                client.linesUntilClosed().shouldBeEmpty()
            }
            isUp()
        }

        test("a subject of 2,000 tokens is a subject") {
            RawClient(server.port).use { client ->
                val subject = List(2_000) { "a" }.joinToString(".")
                client.send(QUIET, "SUB ${subject.replace('a', '*')} 1", "PUB $subject 1", "x")
                client.linesUntilPong() shouldContainExactly listOf("MSG $subject 1 1", "x")
            }
        }
    })

private const val QUIET = """CONNECT {"verbose":false,"pedantic":false}"""

private fun usedHeap(): Long {
    System.gc()
    return Runtime.getRuntime().run { totalMemory() - freeMemory() }
}
