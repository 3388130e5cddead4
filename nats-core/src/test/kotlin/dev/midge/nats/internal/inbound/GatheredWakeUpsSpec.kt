package dev.midge.nats.internal.inbound

import io.kotest.assertions.throwables.shouldThrowAny
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.seconds

/** A dispatcher that takes many at once, as far as anybody knows. */
private object Broken : ExecutorCoroutineDispatcher() {
    override val executor = Executor { dispatch(it) }

    override fun dispatch(context: CoroutineContext, block: Runnable): Unit = dispatch(block)

    private fun dispatch(@Suppress("unused") block: Runnable): Unit = throw OutOfMemoryError("unable to create native thread")

    override fun close() = Unit
}

class GatheredWakeUpsSpec :
    FunSpec({
        for (waiting in 1..3) {
            test("a dispatcher that throws keeps no thread parked, and nobody goes on twice: $waiting wait").config(timeout = 20.seconds) {
                val continuations = ArrayList<CancellableContinuation<String>>()
                repeat(waiting) {
                    CoroutineScope(Broken).launch(start = CoroutineStart.UNDISPATCHED) {
                        suspendCancellableCoroutine<String> { continuations.add(it) }
                    }
                }
                val isUnparked = AtomicBoolean()
                val parks = CountDownLatch(1)
                val parked = thread {
                    parks.countDown()
                    LockSupport.park()
                    isUnparked.set(true)
                }
                parks.await()
                val wakeUps = GatheredWakeUps()
                wakeUps.unpark(parked)
                continuations.forEach { wakeUps.resume(it, "reply") }
                shouldThrowAny { wakeUps.wake() }
                parked.join(5_000)
                isUnparked.get() shouldBe true
                // Nothing is left of them.
                wakeUps.wake()
            }
        }
    })
