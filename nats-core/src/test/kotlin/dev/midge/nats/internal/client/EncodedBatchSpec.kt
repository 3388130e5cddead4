package dev.midge.nats.internal.client

import dev.midge.nats.PublishBatch
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class EncodedBatchSpec :
    FunSpec({
        test("a receiver that is kept takes nothing, also while its batch is filled again by others") {
            val batch = EncodedBatch()
            var kept: PublishBatch? = null
            batch.filledBy {
                kept = this
                publish("first")
            }
            shouldThrow<IllegalStateException> { kept!!.publish("late") }
            batch.clear()
            batch.filledBy {
                publish("second")
                shouldThrow<IllegalStateException> { kept!!.publish("late") }
                publish("third")
            }
            batch.messages shouldBe 2
        }

        test("a receiver whose block has failed takes nothing") {
            val batch = EncodedBatch()
            var kept: PublishBatch? = null
            shouldThrow<IllegalArgumentException> {
                batch.filledBy {
                    kept = this
                    throw IllegalArgumentException("no")
                }
            }
            shouldThrow<IllegalStateException> { kept!!.publish("late") }
            batch.messages shouldBe 0
        }
    })
