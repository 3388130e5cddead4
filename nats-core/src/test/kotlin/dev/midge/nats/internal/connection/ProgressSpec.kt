package dev.midge.nats.internal.connection

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeGreaterThanOrEqualTo
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlin.time.measureTime

class ProgressSpec :
    FunSpec({
        test("as long as something goes on, no limit is over") {
            val done = CompletableDeferred<Unit>()
            var steps = 0L
            val took = measureTime {
                awaitWhileProgressing(done, 20.milliseconds) {
                    if (++steps == 30L) done.complete(Unit)
                    steps
                } shouldBe true
            }
            took shouldBeGreaterThanOrEqualTo 100.milliseconds
        }

        test("when nothing goes on the limit is over in time, from the beginning or from the last step on") {
            val never = CompletableDeferred<Unit>()
            val limit = 100.milliseconds
            measureTime { awaitWhileProgressing(never, limit) { 7 } shouldBe false } shouldBeLessThan limit * 10
            var steps = 0L
            awaitWhileProgressing(never, limit) { minOf(++steps, 10) } shouldBe false
            val over = TimeSource.Monotonic.markNow()
            awaitWhileProgressing(never, 60.seconds, first = over) { 7 } shouldBe false
        }

        test("what is done at the last moment is done") {
            val over = TimeSource.Monotonic.markNow()
            awaitWhileProgressing(CompletableDeferred(Unit), 1.seconds, first = over) { 0 } shouldBe true
        }
    })
