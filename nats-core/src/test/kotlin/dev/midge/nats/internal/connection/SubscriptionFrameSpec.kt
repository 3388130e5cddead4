package dev.midge.nats.internal.connection

import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.nio.ByteBuffer

class SubscriptionFrameSpec :
    FunSpec({
        test("what is logged is what is written, and fills the room that was made for it") {
            val plain = SubscriptionFrame.Subscribe(CountingSubscription(7, Subject("orders.*")))
            val inGroup = SubscriptionFrame.Subscribe(CountingSubscription(1_000, Subject("bücher.>"), "wörker"))
            val texts = listOf(
                plain,
                inGroup,
                SubscriptionFrame.Unsubscribe(7, 0),
                SubscriptionFrame.Unsubscribe(7, 10),
                SubscriptionFrame.Ping,
            )
                .associateBy { it.toString() }
            texts.keys.toList() shouldBe listOf("SUB orders.* 7", "SUB bücher.> wörker 1000", "UNSUB 7", "UNSUB 7 10", "PING")
            for ((text, frame) in texts) {
                val out = ByteBuffer.allocate(frame.size).also(frame::write)
                out.hasRemaining() shouldBe false
                out.array().decodeToString() shouldBe "$text\r\n"
            }
        }
    })
