package dev.midge.nats.internal.client

import dev.midge.nats.NatsOptions
import dev.midge.nats.Subject
import dev.midge.nats.chaos
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

private const val READERS = 2
private const val PER_READER = 50

private val rounds = if (chaos) 20_000 else 1_000
private val subject = Subject("s")

/** Delivers [PER_READER] messages to [subscription] as each of [READERS], who begin together. */
private fun readers(subscription: InlineSubscription): List<Thread> {
    val absent = AtomicInteger(READERS)
    return List(READERS) {
        thread {
            val subjects = SubjectCache()
            val frame = MessageFrame()
            frame.line = subject.wire
            frame.subjectTo = subject.wire.size
            absent.decrementAndGet()
            while (absent.get() > 0) Thread.yield()
            repeat(PER_READER) { subscription.onMessage(frame, subjects) }
        }
    }
}

/** With threads: Lincheck does not get through all that the connection behind a subscription holds. */
class InlineSubscriptionStressSpec :
    FunSpec({
        // It stays idle: what it would tell a server goes nowhere.
        val supervisor = ConnectionSupervisor(NatsOptions())

        for (isLimitedFirst in listOf(true, false)) {
            val moment = if (isLimitedFirst) "before" else "while"
            test("the handler gets what was asked for and no more, if two servers deliver and that is asked $moment they do") {
                repeat(rounds) { round ->
                    val handled = AtomicLong()
                    val subscription = InlineSubscription(supervisor, subject, null, shared = null) { _, _ -> handled.incrementAndGet() }
                    subscription.subscribe()
                    val limit = 1L + round % (READERS * PER_READER)
                    if (isLimitedFirst) subscription.unsubscribe(limit)
                    val readers = readers(subscription)
                    if (!isLimitedFirst) subscription.unsubscribe(limit)
                    // More than the limit if that many had been received already: then it ends there.
                    val receivedThen = subscription.receivedMessages
                    readers.forEach(Thread::join)
                    subscription.receivedMessages shouldBe maxOf(limit, receivedThen)
                    handled.get() shouldBe subscription.receivedMessages
                    subscription.isActive shouldBe false
                    supervisor.registry.size shouldBe 0
                }
            }
        }
    })
