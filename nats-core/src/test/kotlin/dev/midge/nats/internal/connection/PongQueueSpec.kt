package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionLostException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainOnly
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe

class PongQueueSpec :
    FunSpec({
        test("callers that give up on a link that stands still do not fill memory") {
            val pongs = PongQueue()
            var sent = 0
            val asked = List(100_000) {
                pongs.ping {
                    sent++
                    true
                }!!
            }
            sent shouldBeLessThan 2_000
            asked.toSet().size shouldBeLessThan 2_000
            // The PING that they share is sent when there is room, and answered like the others.
            asked.last().isCompleted shouldBe false
            while (!asked.last().isCompleted) pongs.onPong()
            asked.map { it.isCompleted } shouldContainOnly listOf(true)
        }

        test("a PING that has to wait is sent after everything that its callers sent, and its PONG is theirs alone") {
            val pongs = PongQueue(most = 1)
            val sent = ArrayList<String>()
            fun ping(name: String, atOnce: Boolean = false) = pongs.ping(atOnce) { sent.add(name) }!!
            val first = ping("first")
            val shared = ping("shared")
            ping("joined") shouldBe shared
            sent shouldBe listOf("first")
            pongs.onPong()
            first.isCompleted shouldBe true
            sent shouldBe listOf("first", "shared")
            shared.isCompleted shouldBe false
            val behind = ping("behind")
            val last = ping("last", atOnce = true)
            sent shouldBe listOf("first", "shared", "last")
            pongs.onPong()
            shared.isCompleted shouldBe true
            behind.isCompleted shouldBe false
            pongs.onPong()
            listOf(behind, last).map { it.isCompleted } shouldContainOnly listOf(true)
        }

        test("who waits is told a loss, and the PONGs that come all the same are not taken for those of others") {
            val pongs = PongQueue()
            val lost = pongs.ping { true }!!
            pongs.failWaiting(ConnectionLostException("gone"))
            shouldThrow<ConnectionLostException> { lost.await() }
            val next = pongs.ping { true }!!
            pongs.onPong()
            next.isCompleted shouldBe false
            pongs.onPong()
            next.isCompleted shouldBe true
        }
    })
