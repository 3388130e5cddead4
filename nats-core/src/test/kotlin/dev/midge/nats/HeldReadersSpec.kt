package dev.midge.nats

import dev.midge.nats.promises.PromiseScope
import dev.midge.nats.promises.promise
import dev.midge.nats.promises.until
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import java.util.concurrent.CountDownLatch

private const val HELD_BY = 4

/** A connection whose reader is held, by a subscription that is not collected yet. */
private class Held(val nats: NatsConnection, val subscription: Subscription)

private suspend fun PromiseScope.held(url: String, publisher: NatsConnection, name: String): Held {
    val nats = connection(url)
    val subscription = nats.subscribe("$name.held", overflow = Overflow.Suspend(messages = HELD_BY))
    nats.flush()
    repeat(HELD_BY) { publisher.publish("$name.held") }
    publisher.flush()
    until { subscription.pendingMessages == HELD_BY.toLong() }
    return Held(nats, subscription)
}

/** Readers that wait for a subscriber with `Overflow.Suspend`. */
class HeldReadersSpec :
    FunSpec({
        promise("a reader that goes on after it was held is not in the way of another one") {
            val server = closing(EmbeddedNatsServer.start())
            val publisher = connection(server.url)
            val first = held(server.url, publisher, "first")
            val second = held(server.url, publisher, "second")
            val blocked = CompletableDeferred<Unit>()
            val block = CountDownLatch(1)
            try {
                first.nats.subscribeInline("first.inline") {
                    blocked.complete(Unit)
                    block.await()
                }
                // Its PONG cannot be read: the server has the SUB ahead of what follows.
                until { server.url.isNotEmpty() && first.nats.stats().pendingBytes == 0L }
                while (!blocked.isCompleted) {
                    publisher.publish("first.inline")
                    publisher.flush()
                    if (first.subscription.pendingMessages > 0) first.subscription.take(HELD_BY).toList()
                }
                // Nothing but the first connection waits for that handler.
                second.subscription.take(HELD_BY).toList().size shouldBe HELD_BY
                second.nats.flush()
            } finally {
                block.countDown()
            }
        }

        promise("a reader that was held goes on where its socket wakes it") {
            val server = closing(EmbeddedNatsServer.start())
            val publisher = connection(server.url)
            val held = held(server.url, publisher, "only")
            val onSelector = CompletableDeferred<Boolean>()
            held.nats.subscribeInline("only.inline") {
                onSelector.complete(Throwable().stackTrace.any { "SelectorManager" in it.className })
            }
            until { held.nats.stats().pendingBytes == 0L }
            publisher.publish("only.inline")
            publisher.flush()
            held.subscription.take(HELD_BY).toList()
            while (!onSelector.isCompleted) {
                publisher.publish("only.inline")
                publisher.flush()
            }
            onSelector.await() shouldBe true
        }
    })
