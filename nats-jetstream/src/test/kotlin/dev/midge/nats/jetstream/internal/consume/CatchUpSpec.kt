package dev.midge.nats.jetstream.internal.consume

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

private fun catchUp(isAtOnce: Boolean = false, countsSubjects: Boolean = true, trustsPending: Boolean = true) =
    CatchUp(isAtOnce, countsSubjects, trustsPending).apply { onStream(END) }

/** What the stream ends with when the consumer is made. */
private const val END = 10L

class CatchUpSpec :
    FunSpec({
        test("an empty bucket is seen at once") {
            catchUp().onConsumer(0) shouldBe true
        }

        test("who wants only what is new has nothing to see") {
            catchUp(isAtOnce = true).onConsumer(7) shouldBe true
        }

        test("as many keys as there were are all of them") {
            catchUp().run {
                onConsumer(2) shouldBe false
                onMessage("a", END - 1, pending = 5) shouldBe false
                onMessage("b", END - 1, pending = 4) shouldBe true
            }
        }

        test("a key that is written again and again is one") {
            catchUp().run {
                onConsumer(2) shouldBe false
                repeat(10) { onMessage("a", END - 1, pending = 5) shouldBe false }
                onMessage("b", END - 1, pending = 4) shouldBe true
            }
        }

        test("a message that nothing is behind is the last one") {
            catchUp().run {
                onConsumer(10) shouldBe false
                onMessage("a", END - 1, pending = 0) shouldBe true
            }
        }

        test("a consumer with several filters is not believed that nothing is behind") {
            catchUp(trustsPending = false).run {
                onConsumer(2) shouldBe false
                onMessage("a", END - 1, pending = 0) shouldBe false
                onMessage("b", END - 1, pending = 0) shouldBe true
            }
        }

        test("a key that is new does not stand for one that was written again and has still to come") {
            catchUp().run {
                onConsumer(3) shouldBe false
                onMessage("a", 8, pending = 3) shouldBe false
                onMessage("b", 9, pending = 2) shouldBe false
                onMessage("new", END + 1, pending = 1) shouldBe false
                onMessage("c", END + 2, pending = 0) shouldBe true
            }
        }

        test("a consumer with several filters is believed behind all that was there, so that a key that went away is not waited for") {
            catchUp(trustsPending = false).run {
                onConsumer(2) shouldBe false
                onMessage("a", 8, pending = 0) shouldBe false
                onMessage("a", END + 1, pending = 1) shouldBe false
                onMessage("a", END + 2, pending = 0) shouldBe true
            }
        }

        test("keys that went away meanwhile are seen by the server's idleness") {
            catchUp().run {
                onConsumer(10) shouldBe false
                onMessage("a", END - 1, pending = 3) shouldBe false
                onIdle() shouldBe true
            }
        }

        test("a history counts messages") {
            catchUp(countsSubjects = false).run {
                onConsumer(2) shouldBe false
                onMessage("a", END - 1, pending = 1) shouldBe false
                onMessage("a", END - 1, pending = 1) shouldBe true
            }
        }

        test("the next consumer has its own number, and what is reached is reached once") {
            catchUp().run {
                onConsumer(3) shouldBe false
                onMessage("a", END - 1, pending = 2) shouldBe false
                onConsumer(2) shouldBe false
                onMessage("a", END - 1, pending = 1) shouldBe false
                onMessage("c", END - 1, pending = 1) shouldBe true
                onMessage("d", END - 1, pending = 0) shouldBe false
                onConsumer(0) shouldBe false
                onIdle() shouldBe false
            }
        }
    })
