package dev.midge.nats.internal.client

import dev.midge.nats.NatsOptions
import dev.midge.nats.Subject
import dev.midge.nats.internal.connection.ConnectionSupervisor
import dev.midge.nats.internal.connection.RegisteredSubscription
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.runBlocking
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

private const val ROUNDS = 30_000

/** Two threads that meet before each step, so closely that their next instructions run at the same time. */
private class Meeting {
    private val arrived = AtomicInteger()

    fun meet() {
        val mine = arrived.incrementAndGet()
        val both = (mine + 1) / 2 * 2
        var spins = 0
        while (arrived.get() < both) if (++spins % 2_000 == 0) Thread.yield() else Thread.onSpinWait()
    }
}

/**
 * In each round the last handler of a subject leaves by [door] while another one joins. Nothing is connected: the registry tells the next
 * server, so that whoever is in it and wanted is delivered to. Returns how many joined something that nobody delivers to.
 */
private fun deafAfter(door: (InlineSubscription) -> Unit): Int {
    val supervisor = ConnectionSupervisor(NatsOptions("nats://nowhere:4222"))
    val interests = SharedInterests(supervisor)
    val subject = Subject("orders.*")
    val meeting = Meeting()
    var joined: InlineSubscription? = null

    fun subscribed(): InlineSubscription =
        runBlocking { interests.subscribe(subject) { InlineSubscription(supervisor, subject, null, it) {} } }

    val joining = thread {
        repeat(ROUNDS) {
            meeting.meet()
            joined = subscribed()
            meeting.meet()
        }
    }
    var deaf = 0
    repeat(ROUNDS) {
        val first = subscribed()
        meeting.meet()
        door(first)
        meeting.meet()
        val second = checkNotNull(joined)
        val interest = supervisor.registry.sink(second.sid) as RegisteredSubscription?
        if (interest == null || !interest.isWanted) deaf++
        first.interest.leave()
        second.interest.leave()
    }
    joining.join()
    supervisor.registry.size shouldBe 0
    return deaf
}

class SharedInterestSpec :
    FunSpec({
        test("a handler that joins while the last one is unsubscribed is delivered to") {
            deafAfter { it.interest.leave() } shouldBe 0
        }

        test("a handler that joins while the last one is drained is delivered to") {
            deafAfter { it.interest.stopDelivery() } shouldBe 0
        }

        test("a handler that joins while the last one gets its last message is delivered to") {
            deafAfter { it.interest.limitReached() } shouldBe 0
        }
    })
