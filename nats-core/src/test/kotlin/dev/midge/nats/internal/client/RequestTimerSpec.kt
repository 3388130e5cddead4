package dev.midge.nats.internal.client

import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.lang.ref.WeakReference
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private class Requests(scope: CoroutineScope) {
    val pending = PendingRequests()
    val timer = RequestTimer(scope, pending)

    fun begin(timeout: Duration): Pair<Long, SingleReply> {
        val reply = SingleReply(Subject("s"), timeout)
        val token = pending.add(reply)
        timer.watch(token, reply)
        return token to reply
    }

    /** A request that nobody answers. */
    suspend fun timeOut(timeout: Duration) {
        val (token, reply) = begin(timeout)
        shouldThrow<RequestTimeoutException> { reply.await() }.timeout shouldBe timeout
        pending.remove(token)
    }
}

private fun FunSpec.timing(name: String, test: suspend Requests.() -> Unit) {
    test(name).config(timeout = 30.seconds) {
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
        try {
            Requests(scope).test()
        } finally {
            scope.cancel()
        }
    }
}

class RequestTimerSpec :
    FunSpec({
        timing("a shorter timeout ends before the longer ones that are watched already") {
            val long = List(100) { begin(1.hours) }
            timeOut(1.milliseconds)
            begin(2.hours)
            timeOut(1.milliseconds)
            pending.size shouldBe long.size + 1
        }

        timing("requests of any length end in their order, also those that began after a round") {
            for (i in 0 until 300) timeOut(((i * 7919) % 1_000).microseconds)
            val order = ArrayList<Int>()
            coroutineScope {
                for (i in listOf(3, 1, 4, 2)) {
                    launch(Dispatchers.Unconfined) {
                        timeOut((40 * i).milliseconds)
                        order += i
                    }
                }
            }
            order shouldBe listOf(1, 2, 3, 4)
        }

        timing("a request without an end disturbs no other") {
            begin(Duration.INFINITE)
            timeOut(1.milliseconds)
            begin(Duration.INFINITE)
            timeOut(1.milliseconds)
            pending.size shouldBe 2
        }

        timing("of 6,000 requests that 4 threads begin while others end each one ends") {
            coroutineScope {
                repeat(4) {
                    launch(Dispatchers.Default) {
                        repeat(1_500) { timeOut((it % 3 * 20).microseconds) }
                    }
                }
            }
            pending.size shouldBe 0
        }

        timing("a request that was answered is let go, however long it might have waited") {
            val (token, answered) = begin(1.hours).let { it.first to WeakReference(it.second) }
            // A round, which has it wait in the order of the deadlines.
            timeOut(1.milliseconds)
            pending.remove(token)
            while (answered.get() != null) {
                System.gc()
                yield()
            }
        }

        timing("after its end it watches nothing") {
            timer.stop()
            begin(1.milliseconds)
            timer.stop()
            begin(Duration.ZERO)
            pending.size shouldBe 2
        }
    })
