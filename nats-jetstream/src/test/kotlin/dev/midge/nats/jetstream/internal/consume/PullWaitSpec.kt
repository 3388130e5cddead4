package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.PullOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.longs.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

private val expires = 30.seconds.inWholeNanoseconds

private fun status(code: Int, text: String) = PullStatus(PullStatus.verdict(code, text), code, text)

class PullWaitSpec :
    FunSpec({
        test("nobody waits beyond the time when a pull is due: neither after a pause, nor after a pull whose end nobody has told") {
            val plan = PullPlan(20, 0, 10, expires, 0)
            val paused = PullState(plan, 0)
            val refused = paused.plan(0, 0, 0).shouldNotBeNull()
            paused.onStatus(refused.token, status(409, "Exceeded MaxWaiting"), 0)
            paused.plan(paused.notBefore - 1, 0, 0).shouldBeNull()
            paused.waitTime(paused.notBefore - 1, 0, 0) shouldBe 1
            // The time came between the two calls.
            paused.waitTime(paused.notBefore, 0, 0) shouldBe 0
            val silent = PullState(plan, 0)
            silent.plan(0, 0, 0).shouldNotBeNull()
            val end = expires + PullPlan.GRACE
            silent.plan(end, 0, 0).shouldBeNull()
            silent.onTime(end)
            silent.waitTime(end, 0, 0) shouldBe 0
        }

        test("a time without an end neither ends at once nor asks again at once") {
            val now = System.nanoTime()
            val forever = PullPlan.endless(PullOptions { expires = Duration.INFINITE })
            val state = PullState(forever, now)
            state.plan(now, 0, 0).shouldNotBeNull()
            state.onTime(now + 1)
            state.outstanding shouldBe forever.messages
            state.waitTime(now + 1, 0, 0) shouldBeGreaterThan 0
            val finite = PullState(PullPlan.finite(1, Duration.INFINITE, 0, false, now), now)
            finite.plan(now, 0, 0).shouldNotBeNull()
            finite.isOver(now + 1) shouldBe false
            AckBody.nak(Duration.INFINITE).decodeToString() shouldBe "-NAK {\"delay\":${Long.MAX_VALUE / 4}}"
        }
    })
