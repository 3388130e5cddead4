package dev.midge.nats.behaviour

import dev.midge.nats.NatsEvent
import dev.midge.nats.Subject
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch

/** Subjects that hardly anybody uses, whatever the server. */
fun FunSpecRootScope.oddSubjectsBehaviour(servers: Servers) {
    behaviour("a subject is accepted if the server takes subscriptions to it", servers) {
        val odd = listOf(
            "a*", "*a", "a*b.c", "a>", ">a", "a>b", "**", ">>", "*>", "a.*b", "a.>b.c", "*", ">", "a.*", "a.>", "*.*.>",
            "a..b", ".a", "a.", ".", "a.>.b", ">.a", "a:b", "ä.€", "a\u0001b",
        )
        byLines {
            odd.forEachIndexed { i, subject ->
                send("SUB $subject ${i + 1}")
                val isTaken = answers().isEmpty()
                (subject to runCatching { Subject(subject) }.isSuccess) shouldBe (subject to isTaken)
            }
        }
    }

    behaviour("within a token, * and > are characters like any other", servers) {
        val nats = connection()
        val received = Channel<String>(Channel.UNLIMITED)
        val odd = listOf("odd.a*b", "odd.*a", "odd.a>", "odd.>a", "odd.**", "odd.a>.b", "odd.>>")
        for (subject in odd) nats.subscribe(subject) { received.send("$subject < ${it.subject}") }
        nats.flush()
        for (subject in listOf("odd.axb", "odd.xa", "odd.ax", "odd.xx", "odd.ab.b")) nats.publish(subject)
        for (subject in odd) {
            nats.publish(subject)
            received.receive() shouldBe "$subject < $subject"
        }
        nats.respond("odd.svc*") { it.payload }
        nats.request("odd.svc*", "ok".encodeToByteArray()).text() shouldBe "ok"
    }

    behaviour("a request is answered whatever its reply subject is", servers) {
        val nats = connection()
        nats.respond("answers.plain") { "ok".encodeToByteArray() }
        nats.respond("answers.fails") { error("no") }
        nats.flush()
        byLines {
            send("SUB replies.> 1")
            for (reply in listOf("replies.a*b", "replies.*", "replies.*.a", "replies.>a", "replies.>", "replies.>.a", "replies.a\u0001b")) {
                send("PUB answers.plain $reply 0\r\n")
                listOf(line(), line()) shouldBe listOf("MSG $reply 1 2", "ok")
                send("PUB answers.fails $reply 0\r\n")
                line().substringBeforeLast(" 1 ") shouldBe "HMSG $reply"
                generateSequence { line() }.takeWhile { it.isNotEmpty() }.count()
                line() shouldBe ""
            }
        }
    }

    behaviour("a reply subject that reaches nobody disturbs neither handler nor connection", servers) {
        val nats = connection()
        val failed = ArrayList<NatsEvent>()
        val asked = Channel<String?>(Channel.UNLIMITED)
        coroutineScope {
            val events = launch(start = CoroutineStart.UNDISPATCHED) { nats.events.collect { failed += it } }
            nats.respond("answers.odd") {
                asked.send(it.replyTo)
                it.payload
            }
            nats.flush()
            byLines {
                for (reply in listOf("a..b", ".a", "a.", ".", "x".repeat(3_000))) {
                    send("PUB answers.odd $reply 0\r\n")
                    answers()
                    asked.receive() shouldBe reply
                }
            }
            nats.request("answers.odd", "ok".encodeToByteArray()).text() shouldBe "ok"
            events.cancel()
        }
        failed.filterIsInstance<NatsEvent.HandlerFailed>().shouldBeEmpty()
        nats.stats().connects shouldBe 1
    }
}
