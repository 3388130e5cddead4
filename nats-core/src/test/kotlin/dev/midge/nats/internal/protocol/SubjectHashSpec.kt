package dev.midge.nats.internal.protocol

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeBetween
import io.kotest.matchers.doubles.shouldBeBetween
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.long
import io.kotest.property.checkAll

class SubjectHashSpec :
    FunSpec({
        test("FNV-1a gives the values that its authors have published") {
            val published = mapOf("" to "cbf29ce484222325", "a" to "af63dc4c8601ec8c", "foobar" to "85944171f73967e8")
            for ((text, hash) in published) SubjectHash.fnv1a(text.encodeToByteArray()).toULong().toString(16) shouldBe hash
        }

        test("bytes above 127 count as unsigned") {
            SubjectHash.fnv1a("größe.日本".encodeToByteArray()).toULong().toString(16) shouldBe "d650aaab1840c75c"
        }

        test("the finalizer is that of MurmurHash3") {
            SubjectHash.mix(0) shouldBe 0
            SubjectHash.mix(1).toULong().toString(16) shouldBe "b456bcfc34c2cb2c"
        }

        test("each bit of the input changes about half of the bits of the finalizer's result") {
            var changed = 0L
            var samples = 0
            checkAll(1_000, Arb.long()) { value ->
                for (bit in 0 until Long.SIZE_BITS) {
                    changed += (SubjectHash.mix(value) xor SubjectHash.mix(value xor (1L shl bit))).countOneBits()
                    samples++
                }
            }
            (changed.toDouble() / samples).shouldBeBetween(31.5, 32.5, 0.0)
        }

        test("buckets are of equal size") {
            val sizes = LongArray(7)
            for (number in 0 until 70_000) sizes[SubjectHash.bucket(SubjectHash.fnv1a("orders.$number".encodeToByteArray()), 7)]++
            // 10,000 each, with a deviation of 93.
            sizes.forEach { it.shouldBeBetween(9_500, 10_500) }
        }
    })
