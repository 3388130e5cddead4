package dev.midge.nats.behaviour

import dev.midge.nats.HandlerOptions
import dev.midge.nats.NatsEvent
import dev.midge.nats.Overflow
import dev.midge.nats.SlowConsumerException
import dev.midge.nats.Subscription
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.launch
import kotlin.coroutines.ContinuationInterceptor

/** How handlers run and end, whatever the server. */
fun FunSpecRootScope.handlerBehaviour(servers: Servers) {
    behaviour("the end of a handler's subscription is awaited until the handler is done with its last message", servers) {
        val nats = connection()
        val begun = CompletableDeferred<Unit>()
        val goOn = CompletableDeferred<Unit>()
        val subscription = nats.subscribe("end") {
            begun.complete(Unit)
            goOn.await()
        }
        nats.publish("end")
        begun.await()
        subscription.unsubscribe()
        coroutineScope {
            val end = async(start = CoroutineStart.UNDISPATCHED) { subscription.awaitEnd() }
            nats.flush()
            end.isCompleted shouldBe false
            goOn.complete(Unit)
            end.await()
        }
    }

    behaviour("the end of what is collected, or runs inline, or has nothing to do is awaited too", servers) {
        val nats = connection()
        val collected = nats.subscribe("end")
        val inline = nats.subscribeInline("end") {}
        val idle = nats.subscribe("other")
        coroutineScope {
            launch { collected.collect {} }
            nats.publish("end")
            nats.flush()
            for (subscription in listOf(collected, inline, idle)) {
                subscription.unsubscribe()
                subscription.awaitEnd()
            }
        }
        val limited = nats.subscribeInline("end") {}
        limited.unsubscribe(afterMessages = 2)
        repeat(2) { nats.publish("end") }
        limited.awaitEnd()
    }

    behaviour("a handler that ran over has ended with what it ran over by", servers) {
        val nats = connection()
        val goOn = CompletableDeferred<Unit>()
        val subscription = nats.subscribe("over", overflow = Overflow.Fail(messages = 2)) { goOn.await() }
        repeat(100) { nats.publish("over") }
        nats.flush()
        goOn.complete(Unit)
        shouldThrow<SlowConsumerException> { subscription.awaitEnd() }
    }

    behaviour("of handlers that share a subscription of the server, events say which one they are about", servers) {
        val nats = connection()
        val failed = Channel<NatsEvent.HandlerFailed>(Channel.UNLIMITED)
        coroutineScope {
            val listening =
                launch(start = CoroutineStart.UNDISPATCHED) {
                    nats.events.filterIsInstance<NatsEvent.HandlerFailed>().collect(failed::send)
                }
            val good = nats.subscribe("shared") {}
            val bad = nats.subscribe("shared") { error("no") }
            nats.publish("shared")
            val event = failed.receive()
            bad.sid shouldBe good.sid
            event.sid shouldBe bad.sid
            event.subscriptionId shouldBe bad.id
            (bad.id == good.id) shouldBe false
            listening.cancel()
        }
    }

    behaviour("an orderly close is the end of every subscription", servers) {
        val nats = connection()
        val subscriptions = listOf(nats.subscribe("close") {}, nats.subscribeInline("close") {}, nats.subscribe("close"))
        nats.close()
        subscriptions.forEach { it.awaitEnd() }
    }

    behaviour("a drain by the own handler is refused at once, and ends nothing", servers) {
        val nats = connection()
        val made = CompletableDeferred<Subscription>()
        val refused = Channel<IllegalStateException>(Channel.UNLIMITED)
        val subscription = nats.subscribe("own") {
            refused.send(shouldThrow<IllegalStateException> { made.await().drain() })
            refused.send(shouldThrow<IllegalStateException> { nats.drain() })
        }
        made.complete(subscription)
        nats.publish("own")
        refused.receive().message shouldContain "its own handler"
        refused.receive().message shouldContain "a handler of"
        subscription.isActive shouldBe true
        nats.publish("own")
        refused.receive()
        val other = nats.subscribe("other")
        val drained = CompletableDeferred<Unit>()
        nats.subscribe("third") {
            other.drain()
            drained.complete(Unit)
        }
        nats.publish("third")
        drained.await()
    }

    behaviour("as many messages are handled side by side as asked for, and a drain waits for them all", servers) {
        val nats = connection()
        val begun = Channel<Int>(Channel.UNLIMITED)
        val goOn = CompletableDeferred<Unit>()
        val handled = Channel<Int>(Channel.UNLIMITED)
        val subscription = nats.subscribe("work", handlerOptions = HandlerOptions(concurrency = 3)) {
            val number = it.text().toInt()
            begun.send(number)
            if (number < 3) goOn.await()
            handled.send(number)
        }
        repeat(5) { nats.publish("work", "$it".encodeToByteArray()) }
        List(3) { begun.receive() } shouldContainExactlyInAnyOrder listOf(0, 1, 2)
        nats.flush()
        begun.tryReceive().isSuccess shouldBe false
        coroutineScope {
            val drain = async(start = CoroutineStart.UNDISPATCHED) { subscription.drain() }
            nats.flush()
            drain.isCompleted shouldBe false
            goOn.complete(Unit)
            drain.await()
        }
        handled.close()
        handled.toSortedList() shouldBe listOf(0, 1, 2, 3, 4)
    }

    behaviour("responders answer side by side, and run where they are told to", servers) {
        val nats = connection()
        val second = CompletableDeferred<Unit>()
        val place = CompletableDeferred<ContinuationInterceptor?>()
        nats.respond("ask", handlerOptions = HandlerOptions(concurrency = 2, dispatcher = Dispatchers.IO)) {
            place.complete(currentCoroutineContext()[ContinuationInterceptor])
            if (it.text() == "first") second.await() else second.complete(Unit)
            it.payload
        }
        coroutineScope {
            val first = async { nats.request("ask", "first".encodeToByteArray()) }
            place.await() shouldBe Dispatchers.IO
            nats.request("ask", "second".encodeToByteArray()).text() shouldBe "second"
            first.await().text() shouldBe "first"
        }
    }
}

private suspend fun Channel<Int>.toSortedList(): List<Int> = buildList { for (number in this@toSortedList) add(number) }.sorted()
