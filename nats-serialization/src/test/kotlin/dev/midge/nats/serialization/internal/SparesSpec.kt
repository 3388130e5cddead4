package dev.midge.nats.serialization.internal

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.booleans.shouldBeTrue
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.Future
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

class SparesSpec :
    FunSpec({
        test("what was kept comes back once") {
            val spares = Spares<Any>()
            val spare = Any()
            spares.take() shouldBe null
            spares.keep(spare)
            (spares.take() === spare).shouldBeTrue()
            spares.take() shouldBe null
        }

        test("10,000 threads leave no more than the slots hold") {
            val spares = Spares<Any>()
            val made = AtomicInteger()
            repeat(10_000) {
                thread {
                    val mine = spares.take() ?: Any().also { made.incrementAndGet() }
                    spares.keep(mine)
                }.join()
            }
            // One after the other, each finds what others have left.
            made.get() shouldBeLessThanOrEqual Spares.SLOTS
            var kept = 0
            repeat(10_000) { thread { while (spares.take() != null) kept++ }.join() }
            kept shouldBeLessThanOrEqual Spares.SLOTS
        }

        test("no two threads have the same object, though all want one at once") {
            class Owned(val owned: AtomicBoolean = AtomicBoolean())

            val spares = Spares<Owned>()
            val start = CountDownLatch(1)
            val threads = Executors.newFixedThreadPool(16)
            try {
                val results: List<Future<Boolean>> = List(16) {
                    threads.submit<Boolean> {
                        start.await()
                        (1..20_000).all {
                            val mine = spares.take() ?: Owned()
                            val alone = mine.owned.compareAndSet(false, true)
                            if (it % 64 == 0) Thread.yield()
                            mine.owned.set(false)
                            spares.keep(mine)
                            alone
                        }
                    }
                }
                start.countDown()
                results.all { it.get() }.shouldBeTrue()
            } finally {
                threads.shutdownNow()
            }
        }
    })
