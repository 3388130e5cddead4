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

        test("no number of threads makes more than the slots hold") {
            val spares = Spares<Any>()
            val made = AtomicInteger()
            repeat(2_000) {
                thread { spares.keep(spares.take() ?: Any().also { made.incrementAndGet() }) }.join()
            }
            made.get() shouldBeLessThanOrEqual Spares.SLOTS
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
