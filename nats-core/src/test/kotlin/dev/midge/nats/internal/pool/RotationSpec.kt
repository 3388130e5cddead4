package dev.midge.nats.internal.pool

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.concurrent.thread

class RotationSpec :
    FunSpec({
        test("takes the numbers in turn") {
            val rotation = Rotation(3)
            List(7) { rotation.next() } shouldContainExactly listOf(0, 1, 2, 0, 1, 2, 0)
        }

        test("is never negative, also after 2^31 calls") {
            val rotation = Rotation(3, start = Int.MAX_VALUE - 2)
            val numbers = List(9) { rotation.next() }
            numbers.all { it in 0..2 } shouldBe true
            // 2^31 is 2 modulo 3, so that the sequence goes on as it was.
            numbers.zipWithNext { a, b -> (a + 1) % 3 == b }.all { it } shouldBe true
        }

        test("gives each number to as many threads as any other") {
            val rotation = Rotation(4)
            val taken = AtomicIntegerArray(4)
            List(4) { thread { repeat(10_000) { taken.incrementAndGet(rotation.next()) } } }.forEach { it.join() }
            List(4, taken::get) shouldContainExactly List(4) { 10_000 }
        }
    })
