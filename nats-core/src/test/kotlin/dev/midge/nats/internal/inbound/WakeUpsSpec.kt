package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOptions
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.internal.client.QueuedSubscription
import dev.midge.nats.internal.client.SharedInterest
import dev.midge.nats.internal.client.SharedInterests
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.protocol.ProtocolLimits
import dev.midge.nats.internal.protocol.ProtocolParser
import dev.midge.nats.internal.transport.WireLog
import io.kotest.assertions.throwables.shouldThrowAny
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.launch
import org.slf4j.helpers.NOPLogger
import kotlin.coroutines.CoroutineContext

/** Takes coroutines until it [isBroken]. */
private class Breaking : CoroutineDispatcher() {
    @Volatile
    var isBroken = false

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        check(!isBroken) { "this dispatcher was shut down" }
        block.run()
    }
}

/** A reader of one connection, as the reader loop drives it: [read] is one read. */
private class Reader(private val supervisor: ConnectionSupervisor) {
    private val control = object : ControlHandler {
        override fun onInfo(json: String) = Unit

        override fun onPing() = Unit

        override fun onPong() = Unit

        override fun onError(error: String) = Unit

        override fun shown(error: String) = error
    }
    private val dispatcher = Dispatcher(supervisor.registry, control, supervisor.inbound, WireLog(NOPLogger.NOP_LOGGER))
    private val parser = ProtocolParser(ProtocolLimits(payload = 1024))

    fun read(vararg sids: Long) {
        val bytes = sids.joinToString("") { "MSG a $it 2\r\nok\r\n" }.encodeToByteArray()
        parser.feed(bytes, 0, bytes.size, dispatcher)
        try {
            dispatcher.wake()
        } finally {
            dispatcher.holdsReader()
        }
    }
}

private class Told : SubscriptionQueue.Listener {
    var limitReached = 0

    override fun onSlowConsumer(dropped: Long) = Unit

    override fun onEpisodeEnd(dropped: Long) = Unit

    override fun onDropped(count: Long) = Unit

    override fun onLimitReached() {
        limitReached++
    }

    override fun onFailed(cause: NatsException) = Unit
}

/** A user's dispatcher that throws does so in the reader, which wakes its coroutine. */
class WakeUpsSpec :
    FunSpec({
        test("a dispatcher that throws keeps no other subscription from its messages, neither now nor on the next link") {
            val supervisor = ConnectionSupervisor(NatsOptions("nats://nowhere:4222"))
            val interests = SharedInterests(supervisor)
            val subject = Subject("a")

            fun queued(shared: SharedInterest?) = QueuedSubscription(supervisor, subject, null, Overflow.DropNewest(), shared)
            val first = interests.subscribe(subject) { queued(it) }
            val second = interests.subscribe(subject) { queued(it) }
            val own = queued(null).also { it.subscribe() }
            second.sid shouldBe first.sid
            val breaking = Breaking()
            val collecting = CoroutineScope(breaking).launch { first.messages.collect {} }
            breaking.isBroken = true
            shouldThrowAny { Reader(supervisor).read(first.sid, own.sid) }
            listOf(second, own).map { it.receivedMessages } shouldBe listOf(1L, 1L)
            Reader(supervisor).read(first.sid, own.sid)
            listOf(first, second, own).map { it.receivedMessages } shouldBe listOf(2L, 2L, 2L)
            breaking.isBroken = false
            collecting.cancel()
        }

        test("a dispatcher that throws does not keep its subscription from ending with its last message") {
            val told = Told()
            val queue = SubscriptionQueue(1, Overflow.DropNewest(), told)
            val breaking = Breaking()
            val collecting = CoroutineScope(breaking).launch { queue.take() }
            queue.limitTo(1)
            breaking.isBroken = true
            shouldThrowAny { queue.offer(NatsMessage("a", null, ByteArray(0), null))?.wakeNow() }
            told.limitReached shouldBe 1
            breaking.isBroken = false
            collecting.cancel()
        }
    })
