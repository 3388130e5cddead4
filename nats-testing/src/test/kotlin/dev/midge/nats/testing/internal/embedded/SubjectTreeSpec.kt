package dev.midge.nats.testing.internal.embedded

import dev.midge.nats.testing.EmbeddedNatsServerOptions
import dev.midge.nats.testing.internal.Timers
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import java.nio.channels.Selector
import java.nio.channels.SocketChannel
import kotlin.random.Random

class SubjectTreeSpec :
    FunSpec({
        test("the tree finds what comparing subject by subject finds, while subscriptions come and go") {
            val random = Random(3)
            val router = Router()
            val present = mutableListOf<Subscription>()
            repeat(5_000) {
                if (present.isNotEmpty() && random.nextInt(3) == 0) {
                    router.remove(present.removeAt(random.nextInt(present.size)))
                } else {
                    val subscription = subscription(randomSubject(random, WILD))
                    if (router.add(subscription)) present += subscription
                }
                val subject = randomSubject(random, LITERAL)
                val bytes = subject.latin1Bytes()
                withClue(subject) {
                    val expected = present.filter { matches(it.subject.split('.'), subject.split('.')) }
                    router.route(bytes, 0, bytes.size).plain.toList() shouldContainExactlyInAnyOrder expected
                }
                router.subscriptionCount shouldBe present.size
            }
        }

        test("a cached route is not used for another subject") {
            val router = Router()
            val subscriptions = List(20_000) { subscription("s.$it").also(router::add) }
            // More subjects than slots: each slot is fought over.
            subscriptions.forEach { subscription ->
                val bytes = subscription.subject.latin1Bytes()
                router.route(bytes, 0, bytes.size).plain.single() shouldBe subscription
            }
        }
    })

private val LITERAL = listOf("a", "b", "c")
private val WILD = LITERAL + listOf("*", ">")

private fun randomSubject(random: Random, tokens: List<String>): String =
    List(random.nextInt(1, 5)) { tokens.random(random) }.joinToString(".")

private fun matches(pattern: List<String>, subject: List<String>): Boolean = when {
    pattern.isEmpty() || subject.isEmpty() -> pattern.isEmpty() && subject.isEmpty()
    pattern.first() == ">" -> true
    pattern.first() != "*" && pattern.first() != subject.first() -> false
    else -> matches(pattern.drop(1), subject.drop(1))
}

private val CLIENT: ClientConnection =
    SocketChannel.open().run {
        configureBlocking(false)
        ClientConnection(1, this, register(Selector.open(), 0), ServerContext(EmbeddedNatsServerOptions.builder().build(), 1, Timers()))
    }

private fun subscription(subject: String): Subscription = Subscription(CLIENT, subject, null, "1")
