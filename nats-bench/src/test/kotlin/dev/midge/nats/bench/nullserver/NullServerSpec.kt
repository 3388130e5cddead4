package dev.midge.nats.bench.nullserver

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import java.net.Socket
import java.net.URI

/** A client by hand. */
private class ByHand(url: String) : AutoCloseable {
    private val socket = URI(url).let { Socket(it.host, it.port) }.apply { soTimeout = 10_000 }
    private val input = socket.getInputStream()

    fun write(text: String) = socket.getOutputStream().write(text.encodeToByteArray())

    fun read(bytes: Int): String = input.readNBytes(bytes).decodeToString()

    fun line(): String = buildString { while (!endsWith("\r\n")) append(input.read().toChar()) }

    /** Sends [text] and expects exactly [answer]. */
    fun expect(text: String, answer: String) {
        write(text)
        read(answer.length) shouldBe answer
    }

    override fun close() = socket.close()
}

class NullServerSpec :
    FunSpec({
        val servers = NullServers(listOf(Transport.Tcp))
        afterSpec { servers.close() }

        fun connect(mode: NullServerMode) = ByHand(
            servers.addresses.first {
                it.mode == mode
            }.url,
        ).apply { line() shouldStartWith "INFO {" }

        test("the address of a server survives being printed") {
            servers.addresses.forEach { NullServerAddress.parse("$it") shouldBe it }
        }

        test("one that drops answers a PING that is the last thing it got, however it was split") {
            connect(NullServerMode.Drop).use { client ->
                client.expect("CONNECT {}\r\nPING\r\n", "PONG\r\n")
                client.write("PUB a 5\r\nhello\r\nPI")
                Thread.sleep(50)
                client.expect("NG\r\n", "PONG\r\n")
                client.expect("PUB a 4\r\nPING\r\nPING\r\n", "PONG\r\n")
            }
        }

        test("one that answers sends a request's payload to the inbox, and discards what has no reply subject") {
            connect(NullServerMode.Answer).use { client ->
                client.expect("CONNECT {}\r\nSUB _INBOX.x.* 7\r\nPING\r\n", "PONG\r\n")
                client.expect("PUB a 2\r\nno\r\nPUB a _INBOX.x.3 2\r\nhi\r\n", "MSG _INBOX.x.3 7 2\r\nhi\r\n")
                client.expect("HPUB a _INBOX.x.4 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "HMSG _INBOX.x.4 7 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")
                client.write("PUB a _INBOX.y.3 2\r\nno\r\nUNSUB 7\r\nPUB a _INBOX.x.5 2\r\nno\r\n")
                client.expect("PING\r\n", "PONG\r\n")
            }
        }

        test("a payload larger than its first buffer is answered whole") {
            val payload = "x".repeat(1_000_000)
            connect(NullServerMode.Answer).use { client ->
                client.write("SUB in 1\r\n")
                client.expect("PUB a in ${payload.length}\r\n$payload\r\n", "MSG in 1 ${payload.length}\r\n$payload\r\n")
            }
        }

        test("it sends as many messages as it is told to, to each subscription in turn") {
            connect(NullServerMode.Answer).use { client ->
                client.expect("SUB many.a 1\r\nSUB many.b 2\r\nSUB other 3\r\nPING\r\n", "PONG\r\n")
                connect(NullServerMode.Answer).use { orders ->
                    orders.write("SEND many.> 2 1\r\nSEND other 1 0\r\n")
                    val round = "MSG many.a 1 1\r\nx\r\nMSG many.b 2 1\r\nx\r\n"
                    client.expect("", round + round + "MSG other 3 0\r\n\r\n")
                    orders.write("SEND other 1 1 headers\r\n")
                    val (verb, subject, sid, headers, all) = client.line().trim().split(' ')
                    "$verb $subject $sid" shouldBe "HMSG other 3"
                    client.read(all.toInt() + 2) shouldStartWith "NATS/1.0\r\n"
                    all.toInt() shouldBe headers.toInt() + 1
                }
            }
        }
    })
