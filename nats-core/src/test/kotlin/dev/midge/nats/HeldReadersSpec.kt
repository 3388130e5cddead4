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
private const val ROUNDS = 5

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

/** Whether the first message that is read after the reader was held is handled on the selector's thread. */
private suspend fun PromiseScope.goesOnOnSelector(url: String, publisher: NatsConnection, name: String): Boolean {
    val held = held(url, publisher, name)
    val onSelector = CompletableDeferred<Boolean>()
    held.nats.subscribeInline("$name.inline") {
        onSelector.complete(Throwable().stackTrace.any { "NioSelector" in it.className })
    }
    until { held.nats.stats().pendingBytes == 0L }
    publisher.publish("$name.inline")
    publisher.flush()
    held.subscription.take(HELD_BY).toList()
    while (!onSelector.isCompleted) {
        publisher.publish("$name.inline")
        publisher.flush()
    }
    return onSelector.await()
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
                until { first.nats.stats().pendingBytes == 0L }
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

        promise("a reader that was held goes back to where its socket wakes it") {
            val server = closing(EmbeddedNatsServer.start())
            val publisher = connection(server.url)
            // A socket that is found readable before the reader has suspended leaves it where it is, for some reads: this is rare.
            (1..ROUNDS).any { round -> goesOnOnSelector(server.url, publisher, "round$round") } shouldBe true
        }
    })
