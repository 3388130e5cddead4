package dev.midge.nats.jetstream.internal.consume

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.ints.shouldBeGreaterThanOrEqual
import io.kotest.matchers.longs.shouldBeGreaterThanOrEqual
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.long
import io.kotest.property.checkAll
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val expires = 30.seconds.inWholeNanoseconds
private val heartbeat = 5.seconds.inWholeNanoseconds
private const val RUNS = 500
private val tick = 50.milliseconds.inWholeNanoseconds

private fun endless(messages: Int = 20, bytes: Long = 0) = PullPlan(messages, bytes, messages / 2, expires, heartbeat)

private fun status(code: Int, text: String, unused: Int? = null, unusedBytes: Long? = null) =
    PullStatus(PullStatus.verdict(code, text), code, text, unused, unusedBytes)

/** A client that takes what the model of a server sends, by the state that is tested. */
private class Run(seed: Long) {
    private val random = Random(seed)
    private val plan = endless(messages = random.nextInt(1, 30))
    val server = ModelConsumer(random)
    private var now = random.nextLong()
    private val state = PullState(plan, now)
    private var held = 0
    private var isLinked = true
    private var epoch = 1L
    private val begin = now

    val taken: Long
        get() = state.received - held

    val seconds: Long
        get() = (now - begin) / 1.seconds.inWholeNanoseconds

    fun step(isFaulty: Boolean) {
        if (isFaulty) disturb()
        if (random.nextInt(3) == 0) server.stored += random.nextInt(10)
        server.deliver(now, random.nextInt(10))
        read(random.nextInt(20))
        held -= random.nextInt(held + 1)
        if (!isFaulty && random.nextInt(30) == 0) rest(random.nextInt(100))
        if (!isFaulty && server.wire.isEmpty()) state.outstanding shouldBe server.asked
        pass(random.nextLong(tick))
    }

    /** Nothing goes wrong any more: what is stored has to come, and never so long without one that somebody would call it a stall. */
    fun settle() {
        if (!isLinked) link()
        var from = now
        while (taken < server.stored) {
            val before = taken
            server.deliver(now, Int.MAX_VALUE)
            read(Int.MAX_VALUE)
            held = 0
            pass(tick)
            if (taken > before) from = now
            withClue("$taken of ${server.stored}, outstanding ${state.outstanding}, asked ${server.asked}") {
                (now - from) shouldBeLessThan 15.seconds.inWholeNanoseconds
            }
        }
    }

    /** Long enough for pulls to expire. */
    private fun rest(steps: Int) = repeat(steps) {
        read(Int.MAX_VALUE)
        pass(500.milliseconds.inWholeNanoseconds)
    }

    private fun disturb() {
        when (random.nextInt(60)) {
            0 -> server.onLeaderChange()
            1 -> server.onShutdown()
            2 -> server.onCrash()
            3, 4 -> server.onStray()
            5 -> if (isLinked) unlink() else link()
            6 -> pass(random.nextLong(40.seconds.inWholeNanoseconds))
        }
    }

    private fun unlink() {
        isLinked = false
        server.onLinkLost()
        state.onLinkLost()
    }

    private fun link() {
        isLinked = true
        state.onLinkReady(now, ++epoch)
    }

    private fun read(most: Int) {
        repeat(most) {
            val item = server.wire.removeFirstOrNull() ?: return
            when (item) {
                Item.Message -> {
                    state.onMessage(0, now)
                    held++
                }

                is Item.Status -> state.onStatus(item.token, status(item.code, item.text, item.unused), now)
            }
            check()
        }
    }

    private fun pass(time: Long) {
        now += time
        server.onTime(now)
        state.onTime(now)
        state.plan(now, held, 0, epoch)?.let { if (isLinked) server.onPull(it, now) else state.unsent(it.token) }
        check()
    }

    private fun check() {
        state.outstanding shouldBeGreaterThanOrEqual 0
        state.outstandingBytes shouldBeGreaterThanOrEqual 0L
        val isBusy = state.outstanding > 0 || held > plan.threshold
        val isDue = state.notBefore - now > 0 || wouldPull()
        withClue("neither outstanding nor due: held $held, outstanding ${state.outstanding}") {
            (isBusy || !isLinked || isDue) shouldBe true
        }
        if (state.outstanding > 0) state.waitTime(now, held, 0) shouldBeLessThan expires + PullPlan.GRACE + 1
    }

    private fun wouldPull(): Boolean {
        val pull = state.plan(now, held, 0, epoch) ?: return false
        state.unsent(pull.token)
        return true
    }
}

class PullStateSpec :
    FunSpec({
        test("whatever servers say and links do, something is outstanding or due, and all that is stored comes in the end") {
            checkAll(RUNS, Arb.long()) { seed ->
                val run = Run(seed)
                repeat(300) { run.step(isFaulty = true) }
                run.settle()
            }
        }

        test("while nothing goes wrong, what is outstanding is what the server has been asked for, or it is on its way") {
            checkAll(RUNS, Arb.long()) { seed ->
                val run = Run(seed)
                repeat(300) { run.step(isFaulty = false) }
                run.settle()
                run.taken shouldBe run.server.stored.toLong()
            }
        }

        test("a status of a pull that is over changes nothing") {
            val state = PullState(endless(), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            state.onStatus(first.token, status(408, "Request Timeout", 20), expires)
            state.outstanding shouldBe 0
            val second = state.plan(expires, 0, 0).shouldNotBeNull()
            second.messages shouldBe 20
            state.onStatus(first.token, status(408, "Request Timeout", 20), expires)
            state.onStatus(first.token, status(409, "Leadership Change"), expires)
            state.outstanding shouldBe 20
        }

        test("what a status says is unused is taken off the sum, by whatever pull the messages were booked") {
            val state = PullState(endless(), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            repeat(12) { state.onMessage(0, 1) }
            val second = state.plan(1, 0, 0).shouldNotBeNull()
            second.messages shouldBe 12
            // Eight of the second pull come: they are booked on the first.
            repeat(8) { state.onMessage(0, 2) }
            state.outstanding shouldBe 12
            state.onStatus(first.token, status(408, "Request Timeout", 8), expires)
            state.outstanding shouldBe 4
        }

        test("a pull that ends before an older one gives back what was booked there") {
            val state = PullState(endless(), 0)
            state.plan(0, 0, 0).shouldNotBeNull()
            repeat(11) { state.onMessage(0, 1) }
            val second = state.plan(1, 0, 0).shouldNotBeNull()
            // Five of the second pull come: they are booked on the first, which has nine left.
            repeat(5) { state.onMessage(0, 2) }
            state.onStatus(second.token, status(409, "Server Shutdown", 6), 3)
            state.outstanding shouldBe 9
        }

        test("after a change of leader all pulls are forgotten, and the next one is due at once") {
            val state = PullState(endless(), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            repeat(11) { state.onMessage(0, 1) }
            state.plan(1, 0, 0).shouldNotBeNull()
            state.onStatus(first.token, status(409, "Leadership Change"), 2)
            state.outstanding shouldBe 0
            state.plan(2, 0, 0).shouldNotBeNull().messages shouldBe 20
        }

        test("two heartbeats that did not come end all pulls; not while there is no link") {
            val state = PullState(endless(), 0)
            state.plan(0, 0, 0)
            state.onTime(2 * heartbeat - 1) shouldBe false
            state.onTime(2 * heartbeat) shouldBe true
            state.plan(2 * heartbeat, 0, 0).shouldNotBeNull()
            state.onLinkLost()
            state.onTime(20 * heartbeat) shouldBe false
            state.plan(20 * heartbeat, 0, 0).shouldBeNull()
            state.onLinkReady(20 * heartbeat, 2)
            state.plan(20 * heartbeat, 0, 0).shouldNotBeNull()
        }

        test("a heartbeat, as everything else, shows that the server is there") {
            val state = PullState(endless(), 0)
            val pull = state.plan(0, 0, 0).shouldNotBeNull()
            state.onStatus(pull.token, status(100, "Idle Heartbeat"), heartbeat)
            state.onTime(2 * heartbeat) shouldBe false
            state.onTime(3 * heartbeat) shouldBe true
        }

        test("the pull after a change of leader, a silence or a loss is missed soon, until something is heard") {
            val second = 1.seconds.inWholeNanoseconds
            val state = PullState(endless(), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            first.heartbeat shouldBe heartbeat
            state.onStatus(first.token, status(409, "Leadership Change"), 0)
            state.plan(0, 0, 0).shouldNotBeNull().heartbeat shouldBe second
            state.onTime(2 * second) shouldBe true
            val third = state.plan(2 * second + state.waitTime(2 * second, 0, 0), 0, 0).shouldNotBeNull()
            third.heartbeat shouldBe second
            state.onStatus(third.token, status(100, "Idle Heartbeat"), 3 * second)
            state.onStatus(third.token, status(408, "Request Timeout", 20), 3 * second + expires)
            state.plan(3 * second + expires, 0, 0).shouldNotBeNull().heartbeat shouldBe heartbeat
            state.onLinkLost()
            state.onLinkReady(4 * second + expires, epoch = 2)
            state.plan(4 * second + expires, 0, 0).shouldNotBeNull().heartbeat shouldBe second
        }

        test("a message that does not fit is asked for with all bytes, and refused if that is not enough") {
            val state = PullState(endless(bytes = 1_000), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            first.bytes shouldBe 1_000
            state.onMessage(600, 1)
            state.onStatus(first.token, status(409, "Message Size Exceeds MaxBytes", 19, 400), 2)
            state.fatal.shouldBeNull()
            state.plan(2, 1, 600).shouldBeNull()
            val second = state.plan(3, 0, 0).shouldNotBeNull()
            second.bytes shouldBe 1_000
            state.onStatus(second.token, status(409, "Message Size Exceeds MaxBytes", 20, 1_000), 4)
            state.fatal.shouldNotBeNull()
        }

        test("a finite plan asks for the rest after a change of leader, and is over with its last message, or its time") {
            val state = PullState(PullPlan.finite(10, 2.seconds, 0, isImpatient = false, now = 0), 0)
            val first = state.plan(0, 0, 0).shouldNotBeNull()
            repeat(4) { state.onMessage(0, 1) }
            state.onStatus(first.token, status(409, "Leadership Change"), 1)
            val second = state.plan(1, 0, 0).shouldNotBeNull()
            second.messages shouldBe 6
            second.expires shouldBe 2.seconds.inWholeNanoseconds - 1
            repeat(5) { state.onMessage(0, 2) }
            state.isOver(2) shouldBe false
            state.isOver(2.seconds.inWholeNanoseconds + PullPlan.GRACE) shouldBe true
            state.onMessage(0, 2)
            state.isOver(2) shouldBe true
        }

        test("unavailable consumers are asked again with growing pauses, up to 3.2 s") {
            val state = PullState(endless(), 0)
            var now = 0L
            val pauses = List(8) {
                val pull = state.plan(now, 0, 0).shouldNotBeNull()
                state.onStatus(pull.token, status(503, ""), now)
                val pause = state.notBefore - now
                state.plan(now + pause - 1, 0, 0).shouldBeNull()
                now += pause
                pause / 1_000_000
            }
            pauses shouldBe listOf(100L, 200L, 400L, 800L, 1600L, 3200L, 3200L, 3200L)
        }
    })
