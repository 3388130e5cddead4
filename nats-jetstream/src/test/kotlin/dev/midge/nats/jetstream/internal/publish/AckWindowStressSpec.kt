package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.time.Duration.Companion.minutes

private const val PUBLISHES = 100_000
private const val COROUTINES = 8

@OptIn(InternalNatsApi::class)
class AckWindowStressSpec :
    FunSpec({
        test("after 100,000 publishes by 8 coroutines, cancelled at random, all slots are free and never were more taken than there are")
            .config(timeout = 2.minutes) {
                val window = AckWindow(5)
                val taken = AtomicInteger()
                val most = AtomicInteger()
                // Acknowledgements come by another thread, as from the reader.
                val open = LinkedBlockingQueue<Int>()
                val reader = thread {
                    while (open.take() >= 0) {
                        taken.decrementAndGet()
                        window.release(WakingNow)
                    }
                }
                withContext(Dispatchers.Default) {
                    repeat(COROUTINES) { launch { publish(Random(it), window, taken, most, open) } }
                }
                open.put(-1)
                reader.join()
                window.free shouldBe window.size
                window.waiting shouldBe 0
                most.get() shouldBeLessThanOrEqual window.size
            }

        test("whatever two do to one slot at the same time, in the end it is free").config(timeout = 2.minutes) {
            // A holder that releases, a waiter that is cancelled, and one that comes: every order of them is met often.
            val barrier = CyclicBarrier(2)
            repeat(10_000) { round ->
                val window = AckWindow(1)
                window.acquire()
                coroutineScope {
                    val waiting = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) {
                        window.acquire()
                        window.release()
                    }
                    val other = launch(Dispatchers.IO) {
                        barrier.await()
                        if (round % 2 == 0) waiting.cancel()
                        if (window.tryAcquire()) window.release()
                    }
                    launch(Dispatchers.IO) {
                        barrier.await()
                        window.release()
                    }
                    joinAll(waiting, other)
                }
                window.free shouldBe 1
                window.waiting shouldBe 0
            }
        }
    })

/** One publish after the other, each in a coroutine of its own that may be cancelled while it waits for its slot. */
private suspend fun publish(random: Random, window: AckWindow, taken: AtomicInteger, most: AtomicInteger, open: LinkedBlockingQueue<Int>) =
    coroutineScope {
        repeat(PUBLISHES / COROUTINES) {
            val publish = launch(start = CoroutineStart.UNDISPATCHED) {
                window.acquire()
                most.accumulateAndGet(taken.incrementAndGet(), ::maxOf)
                open.put(it)
            }
            if (random.nextInt(3) == 0) publish.cancel()
            publish.join()
        }
    }
