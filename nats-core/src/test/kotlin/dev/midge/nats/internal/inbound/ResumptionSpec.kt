package dev.midge.nats.internal.inbound

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.seconds

/** Coroutines of [dispatcher] that wait until they are woken together, each with its number. */
private class Waiting(private val dispatcher: CoroutineDispatcher) {
    private val continuations = ArrayList<CancellableContinuation<Any>>()
    val results = ArrayList<Deferred<Int>>()

    /** Adds one that then runs [goesOn]. */
    fun add(goesOn: (Int) -> Unit = {}) {
        results += CoroutineScope(dispatcher + Job()).async(start = CoroutineStart.UNDISPATCHED) {
            val number = suspendCancellableCoroutine<Any> { continuations += it } as Int
            goesOn(number)
            number
        }
    }

    fun wake(wakeUps: GatheredWakeUps = GatheredWakeUps()) {
        continuations.forEachIndexed { i, continuation -> wakeUps.resume(continuation, i) }
        wakeUps.wake()
        continuations.clear()
    }
}

/** Counts the tasks that it hands on to [dispatcher]. */
private class Counting(private val dispatcher: CoroutineDispatcher) : ExecutorCoroutineDispatcher() {
    val tasks = AtomicInteger()
    override val executor = Executor { error("nobody asks") }

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        tasks.incrementAndGet()
        dispatcher.dispatch(context, block)
    }

    override fun close() = Unit
}

class ResumptionSpec :
    FunSpec({
        test("each goes on once, with what it was told, on any dispatcher").config(timeout = 20.seconds) {
            val own = Executors.newFixedThreadPool(3).asCoroutineDispatcher()
            for (dispatcher in listOf(Dispatchers.Default, Dispatchers.IO, Dispatchers.IO.limitedParallelism(1), own)) {
                repeat(200) { round ->
                    val waiting = Waiting(dispatcher)
                    repeat(round) { waiting.add() }
                    waiting.wake()
                    waiting.results.awaitAll() shouldBe List(round) { it }
                }
            }
            own.close()
        }

        test("hundreds that do not block go on in few tasks") {
            val one = Executors.newSingleThreadExecutor()
            val counting = Counting(one.asCoroutineDispatcher())
            val waiting = Waiting(counting)
            repeat(500) { waiting.add() }
            waiting.wake()
            waiting.results.awaitAll()
            // The second is dispatched in case that one of them blocks.
            counting.tasks.get() shouldBeLessThanOrEqual 2
            one.shutdown()
        }

        test("what later reads bring goes on in the tasks that are there") {
            val one = Executors.newSingleThreadExecutor()
            val counting = Counting(one.asCoroutineDispatcher())
            val wakeUps = GatheredWakeUps()
            val waiting = Waiting(counting)
            val first = CountDownLatch(1)
            waiting.add { first.await() }
            repeat(100) {
                repeat(5) { waiting.add() }
                waiting.wake(wakeUps)
            }
            first.countDown()
            waiting.results.awaitAll()
            // The first, the one that was dispatched in case that it blocks, and the one that that one dispatched.
            counting.tasks.get() shouldBeLessThanOrEqual 3
            one.shutdown()
        }

        test("in 20,000 reads, one after the other, nobody is left behind").config(timeout = 60.seconds) {
            for (dispatcher in listOf(Dispatchers.Default, Dispatchers.IO)) {
                val wakeUps = GatheredWakeUps()
                val all = List(10_000) {
                    val waiting = Waiting(dispatcher)
                    repeat(2 + it % 3) { waiting.add() }
                    waiting.wake(wakeUps)
                    // Sometimes the next read comes while tasks end, sometimes before they begin.
                    if (it % 2 == 0) waiting.results.awaitAll()
                    waiting.results
                }
                all.flatten().awaitAll()
            }
        }

        test("what blocks until the others have gone on holds none of them up").config(timeout = 20.seconds) {
            val pool = Executors.newCachedThreadPool()
            for (dispatcher in listOf(Dispatchers.IO, pool.asCoroutineDispatcher())) {
                repeat(50) {
                    val waiting = Waiting(dispatcher)
                    val others = CountDownLatch(20)
                    // Every one of them waits for all.
                    repeat(20) {
                        waiting.add {
                            others.countDown()
                            others.await()
                        }
                    }
                    waiting.wake()
                    waiting.results.awaitAll()
                }
            }
            pool.shutdown()
        }

        test("one that is cancelled before its turn ends cancelled, the others go on") {
            val one = Executors.newSingleThreadExecutor()
            val waiting = Waiting(one.asCoroutineDispatcher())
            val first = CountDownLatch(1)
            waiting.add { first.await() }
            repeat(3) { waiting.add() }
            waiting.wake()
            waiting.results[2].cancel()
            first.countDown()
            waiting.results[3].await() shouldBe 3
            waiting.results[1].await() shouldBe 1
            runCatching { waiting.results[2].await() }.exceptionOrNull().shouldBeInstanceOf<CancellationException>()
            one.shutdown()
        }

        test("an executor that takes nothing any more loses none: each ends").config(timeout = 20.seconds) {
            val one = Executors.newSingleThreadExecutor()
            val waiting = Waiting(one.asCoroutineDispatcher())
            repeat(10) { waiting.add() }
            one.shutdown()
            waiting.wake()
            waiting.results.forEach { it.join() }
        }

        test("an executor that throws loses none: each ends").config(timeout = 20.seconds) {
            val refusals = AtomicInteger()
            val waiting = Waiting(
                Executor { task ->
                    if (refusals.getAndIncrement() % 2 == 1) throw RejectedExecutionException("every other one")
                    task.run()
                }.asCoroutineDispatcher(),
            )
            repeat(10) { waiting.add() }
            waiting.wake()
            waiting.results.forEach { it.join() }
        }
    })
