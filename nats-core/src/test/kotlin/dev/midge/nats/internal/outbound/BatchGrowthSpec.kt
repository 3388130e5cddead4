package dev.midge.nats.internal.outbound

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlin.time.Duration
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds

class BatchGrowthSpec :
    FunSpec({
        /** How often the writer gave way for [batches], in order; others do [meanwhile] each time, which takes them [time]. */
        fun timesGivenWay(batches: List<Batch>, time: Duration = 1.microseconds, meanwhile: (Batch) -> Unit): Int {
            var times = 0
            var current = Batch(Batch.STANDARD_BYTES)
            val growth = BatchGrowth {
                times++
                meanwhile(current)
                time.inWholeNanoseconds
            }
            for (batch in batches) {
                current = batch
                growth.await(batch)
            }
            return times
        }

        test("a frame that is alone is written at once, and so is a batch that is worth a system call") {
            timesGivenWay(listOf(batch(messages = 1), batch(messages = 3, bytes = 4_096))) {} shouldBe 0
        }

        test("a few frames wait once for more, whether more come or not") {
            timesGivenWay(List(3) { batch(messages = 2) }) {} shouldBe 3
            timesGivenWay(List(3) { batch(messages = 2) }) { it.messages++ } shouldBe 3
        }

        test("publishers may take their time when they fill the batch") {
            timesGivenWay(List(3) { batch(messages = 2) }, 1.milliseconds) { it.messages += 100_000 } shouldBe 3
        }

        test("threads that keep the processor and add nothing are not given way again for a while") {
            timesGivenWay(List(BatchGrowth.OMITTED + 2) { batch(messages = 2) }, 1.milliseconds) {} shouldBe 2
        }
    })

private fun batch(messages: Int, bytes: Int = 100) = Batch(Batch.STANDARD_BYTES).also {
    it.bytes.position(bytes)
    it.messages = messages
}
