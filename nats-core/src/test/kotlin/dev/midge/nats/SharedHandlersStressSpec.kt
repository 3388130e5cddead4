package dev.midge.nats

import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield

private const val JOINERS = 8
private const val ROUNDS = 300

/** Handlers of one subject come and go in several coroutines while it is published to. */
class SharedHandlersStressSpec :
    FunSpec({
        test("whoever has subscribed gets what is published next, without a gap, until it leaves; nothing is left behind") {
            EmbeddedNatsServer.start().use { server ->
                val nats = NatsConnection(server.url)
                withContext(Dispatchers.Default) {
                    val background = launch {
                        var n = 0
                        while (true) {
                            nats.publish("stress", "${n++}".encodeToByteArray())
                            yield()
                        }
                    }
                    val joiners = List(JOINERS) { joiner -> launch { repeat(ROUNDS) { round -> joinAndLeave(nats, joiner, round) } } }
                    joiners.joinAll()
                    background.cancelAndJoin()
                    nats.flush()
                    nats.stats().subscriptions shouldBe 0
                    nats.drain()
                }
            }
        }
    })

private suspend fun joinAndLeave(nats: NatsConnection, joiner: Int, round: Int) {
    val mark = "$joiner/$round"
    var last = -1
    var gaps = 0
    var marks = 0
    val subscription = nats.subscribeInline("stress") { message ->
        val text = message.text()
        val number = text.toIntOrNull()
        if (number != null) {
            if (last >= 0 && number != last + 1) gaps++
            last = number
        } else if (text == mark) {
            marks++
        }
    }
    nats.publish("stress", mark.encodeToByteArray())
    // Every kind of leaving, by turns.
    when (round % 3) {
        0 -> {
            nats.flush()
            subscription.unsubscribe()
        }

        1 -> subscription.drain()

        else -> {
            nats.flush()
            subscription.unsubscribe(afterMessages = 1)
        }
    }
    (mark to marks) shouldBe (mark to 1)
    (mark to gaps) shouldBe (mark to 0)
}
