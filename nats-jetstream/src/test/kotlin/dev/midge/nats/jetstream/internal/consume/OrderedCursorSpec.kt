package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.MessageMetadata
import dev.midge.nats.jetstream.OrderedConfig
import dev.midge.nats.jetstream.internal.consume.OrderedCursor.Step
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.time.Instant

private fun cursor(configure: OrderedConfig.Builder.() -> Unit = {}) = OrderedCursor(OrderedConfig.builder().apply(configure).build())

private fun message(consumer: String, consumerSequence: Long, streamSequence: Long) =
    MessageMetadata("ORDERS", consumer, null, 1, streamSequence, consumerSequence, Instant.EPOCH, 0)

class OrderedCursorSpec :
    FunSpec({
        test("messages are delivered as long as the consumer's count goes on, whatever the stream's does") {
            val cursor = cursor()
            cursor.begin("a_1", 0)
            cursor.onMessage(message("a_1", 1, 10)) shouldBe Step.DELIVER
            cursor.onMessage(message("a_1", 2, 20)) shouldBe Step.DELIVER
            cursor.onMessage(message("a_1", 4, 40)) shouldBe Step.RESTART
            cursor.after shouldBe 20
        }

        test("what an earlier consumer delivers is dropped") {
            val cursor = cursor()
            cursor.begin("a_1", 0)
            cursor.onMessage(message("a_1", 1, 10)) shouldBe Step.DELIVER
            cursor.begin("a_2", 10)
            cursor.onMessage(message("a_1", 2, 11)) shouldBe Step.DROP
            cursor.onMessage(message("a_2", 1, 11)) shouldBe Step.DELIVER
        }

        test("a heartbeat tells of a message that did not come") {
            val cursor = cursor()
            cursor.begin("a_1", 0)
            cursor.hasGap(Heartbeat(0)) shouldBe false
            cursor.hasGap(Heartbeat(1)) shouldBe true
            cursor.onMessage(message("a_1", 1, 10))
            cursor.hasGap(Heartbeat(1)) shouldBe false
        }

        test("the next consumer goes on behind the last message, and has no start time") {
            val time = Instant.parse("2026-11-27T04:45:10Z")
            val cursor = cursor { startAt(time) }
            cursor.consumerConfig().startTime shouldBe time
            cursor.begin("a_1", 0)
            cursor.consumerConfig().startTime shouldBe time
            cursor.onMessage(message("a_1", 1, 10))
            val next = cursor.consumerConfig()
            next.deliverPolicy shouldBe DeliverPolicy.BY_START_SEQUENCE
            next.startSequence shouldBe 11
            next.startTime shouldBe null
        }

        test("who has not seen the last message of each subject begins with them again, and gets none twice") {
            val cursor = cursor { startAtLastPerSubject() }
            cursor.begin("a_1", 0)
            cursor.onMessage(message("a_1", 1, 10)) shouldBe Step.DELIVER
            cursor.onMessage(message("a_1", 2, 20)) shouldBe Step.DELIVER
            val next = cursor.consumerConfig(wantsLasts = true)
            next.deliverPolicy shouldBe DeliverPolicy.LAST_PER_SUBJECT
            next.startSequence shouldBe null
            cursor.begin("a_2", 0)
            cursor.onMessage(message("a_2", 1, 20)) shouldBe Step.AGAIN
            cursor.hasGap(Heartbeat(1)) shouldBe false
            cursor.onMessage(message("a_2", 2, 60)) shouldBe Step.DELIVER
            cursor.after shouldBe 60
            cursor.consumerConfig(wantsLasts = false).startSequence shouldBe 61
        }

        test("one of new messages goes on where it has begun, also in an empty stream") {
            val cursor = cursor { startAtNew() }
            cursor.consumerConfig().deliverPolicy shouldBe DeliverPolicy.NEW
            cursor.begin("a_1", 0)
            cursor.consumerConfig().startSequence shouldBe 1
            cursor.begin("a_2", 7)
            cursor.consumerConfig().startSequence shouldBe 1
        }
    })
