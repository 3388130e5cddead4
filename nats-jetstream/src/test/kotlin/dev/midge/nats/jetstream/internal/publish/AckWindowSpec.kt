package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield

@OptIn(InternalNatsApi::class)
class AckWindowSpec :
    FunSpec({
        test("as many as it has slots go on at once, and the others in the order of coming") {
            runTest {
                val window = AckWindow(2)
                val order = ArrayList<Int>()
                val jobs = (1..5).map { number -> waiter(window) { order += number } }
                order shouldContainExactly listOf(1, 2)
                window.waiting shouldBe 3
                repeat(3) {
                    window.release()
                    yield()
                }
                order shouldContainExactly listOf(1, 2, 3, 4, 5)
                window.free shouldBe 0
                repeat(2) { window.release() }
                window.free shouldBe 2
                jobs.forEach { it.join() }
            }
        }

        test("whoever comes while others wait gets no slot before them") {
            runTest {
                val window = AckWindow(1)
                window.tryAcquire() shouldBe true
                val order = ArrayList<Int>()
                waiter(window) { order += 1 }
                window.release()
                // It has not gone on yet, but the slot is its own.
                window.tryAcquire() shouldBe false
                waiter(window) { order += 2 }
                yield()
                order shouldContainExactly listOf(1)
                window.release()
                yield()
                order shouldContainExactly listOf(1, 2)
            }
        }

        test("one that is cancelled while it waits leaves nothing behind") {
            runTest {
                val window = AckWindow(1)
                window.acquire()
                val jobs = List(3) { waiter(window) {} }
                jobs[1].cancel()
                yield()
                window.waiting shouldBe 2
                jobs.forEach { it.cancel() }
                yield()
                window.waiting shouldBe 0
                window.release()
                window.free shouldBe 1
            }
        }

        test("one that is cancelled after it was granted a slot, and before it went on, passes it on") {
            runTest {
                val window = AckWindow(1)
                window.acquire()
                var went = 0
                val first = waiter(window) { went = 1 }
                waiter(window) { went = 2 }
                window.release()
                first.cancel()
                yield()
                yield()
                went shouldBe 2
                window.release()
                window.free shouldBe 1
            }
        }

        test("one that is cancelled before it waits takes no slot") {
            runTest {
                val window = AckWindow(1)
                window.acquire()
                val job = launch(start = CoroutineStart.UNDISPATCHED) {
                    yield()
                    window.acquire()
                }
                job.cancel()
                job.join()
                window.waiting shouldBe 0
                window.release()
                window.free shouldBe 1
            }
        }

        test("a caller without a dispatcher goes on elsewhere than where the slot is given back") {
            val window = AckWindow(1)
            window.acquire()
            var thread: Thread? = null
            val job = CoroutineScope(Dispatchers.Unconfined).launch {
                window.acquire()
                thread = Thread.currentThread()
            }
            while (window.waiting == 0) yield()
            val releasing = Thread.currentThread()
            window.release(WakingNow)
            job.join()
            (thread === releasing) shouldBe false
        }

        test("a slot that nobody has cannot be given back") {
            shouldThrow<IllegalStateException> { AckWindow(3).release() }
        }
    })

private fun CoroutineScope.waiter(window: AckWindow, then: () -> Unit): Job = launch(start = CoroutineStart.UNDISPATCHED) {
    window.acquire()
    then()
}
