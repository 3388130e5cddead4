package dev.midge.nats.testing.contract

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.nio.charset.StandardCharsets.ISO_8859_1

/** A server that the contract is run against. */
class ServerUnderTest(val port: Int, private val server: AutoCloseable) : AutoCloseable {
    override fun close(): Unit = server.close()
}

/** How every server of the NATS protocol behaves: each dialogue, and what takes more than one client. [start] starts one with a [Login]. */
abstract class ServerContract(start: (Login) -> ServerUnderTest) :
    FunSpec({
        val servers = HashMap<Login, ServerUnderTest>()

        fun connect(login: Login = Login.NONE): RawClient = RawClient(servers.getOrPut(login) { start(login) }.port)

        afterSpec { servers.values.forEach { it.close() } }

        listOf(CONNECT_DIALOGUES, PUBLISH_DIALOGUES, SUBSCRIBE_DIALOGUES, VIOLATION_DIALOGUES).flatten().forEach { dialogue ->
            test(dialogue.name) {
                connect(dialogue.login).use { client ->
                    client.sendRaw(dialogue.says.toByteArray(ISO_8859_1))
                    val heard = if (dialogue.ends) client.textUntilClosed() else client.textUntilPong(dialogue.hears.split("PONG").size - 1)
                    withoutSubjectInNoResponders(heard) shouldBe dialogue.hears
                }
            }
        }

        conversations(::connect)
    })

/**
 * Newer servers than 2.10 name the subject in a 503: a header more, and the size with it. It is the only difference between versions
 * that the contract knows.
 */
private fun withoutSubjectInNoResponders(heard: String): String =
    heard.replace(Regex("""(HMSG \S+ \S+) \d+ \d+\r\nNATS/1.0 503\r\nNats-Subject: \S+\r\n"""), "$1 16 16\r\nNATS/1.0 503\r\n")
