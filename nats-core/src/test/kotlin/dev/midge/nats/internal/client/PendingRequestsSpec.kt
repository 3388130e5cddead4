package dev.midge.nats.internal.client

import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.time.Duration.Companion.hours

private fun sink() = SingleReply(Subject("s"), 1.hours)

class PendingRequestsSpec :
    FunSpec({
        test("a request that stays for long holds up nobody, and is found in the end") {
            val pending = PendingRequests()
            val stays = sink()
            val token = pending.add(stays)
            repeat(100_000) {
                val sink = sink()
                pending.remove(pending.add(sink)) shouldBeSameInstanceAs sink
            }
            pending.places shouldBe PendingRequests().places
            pending.size shouldBe 1
            pending.remove(token) shouldBeSameInstanceAs stays
            pending.size shouldBe 0
        }

        test("however many wait, each is found, and few of them outside the ring until it is at its largest") {
            val pending = PendingRequests(slots = 2, mostSlots = 1_024)
            val sinks = List(10_000) { sink() }
            val tokens = sinks.map(pending::add)
            pending.places shouldBe 1_024
            pending.size shouldBe sinks.size
            val all = ArrayList<Long>()
            pending.forEach { token, sink ->
                all += token
                sink shouldBeSameInstanceAs sinks[(token - 1).toInt()]
            }
            all shouldContainExactlyInAnyOrder tokens
            for (i in tokens.indices.shuffled(Random(1))) {
                pending[tokens[i]] shouldBeSameInstanceAs sinks[i]
                pending.remove(tokens[i]) shouldBeSameInstanceAs sinks[i]
                pending[tokens[i]].shouldBeNull()
                pending.remove(tokens[i]).shouldBeNull()
            }
            pending.size shouldBe 0
        }

        test("the ring grows with what waits, not with what came") {
            val pending = PendingRequests()
            val waiting = ArrayDeque<Long>()
            repeat(100_000) {
                waiting.addLast(pending.add(sink()))
                if (waiting.size > 300) pending.remove(waiting.removeFirst())
            }
            pending.places shouldBeLessThan 2_048
        }

        test("what is no token finds nothing, and takes nothing away") {
            val pending = PendingRequests(slots = 1, mostSlots = 1)
            val token = pending.add(sink())
            for (other in listOf(0L, -1L, token + 1, Long.MAX_VALUE, Long.MIN_VALUE)) {
                pending[other].shouldBeNull()
                pending.remove(other).shouldBeNull()
            }
            (pending.remove(token) == null) shouldBe false
            for (other in listOf(0L, -1L, token)) pending.remove(other).shouldBeNull()
            pending.size shouldBe 0
        }

        test("of 500,000 requests, each ended twice in a race, each ends once") {
            val pending = PendingRequests(slots = 2)
            val begun = ConcurrentLinkedQueue<Long>()
            val ended = AtomicInteger()
            val isOver = AtomicInteger(2)
            val enders = List(2) {
                thread {
                    while (isOver.get() > 0 || begun.isNotEmpty()) {
                        val token = begun.poll() ?: continue
                        if (pending.remove(token) != null) ended.incrementAndGet()
                    }
                }
            }
            val callers = List(2) {
                thread {
                    repeat(250_000) {
                        val sink = sink()
                        val token = pending.add(sink)
                        check(pending[token] === sink)
                        begun.add(token)
                        begun.add(token)
                    }
                    isOver.decrementAndGet()
                }
            }
            (callers + enders).forEach { it.join() }
            ended.get() shouldBe 500_000
            pending.size shouldBe 0
        }
    })
