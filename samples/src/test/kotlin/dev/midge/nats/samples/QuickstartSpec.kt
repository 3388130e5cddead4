package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain

class QuickstartSpec :
    FunSpec({
        val printed = printedBy("Quickstart")

        test("the lesson has its nine steps, in order") {
            stepsIn(printed) shouldContainExactly
                listOf(
                    "Connect",
                    "Publish and subscribe",
                    "Wildcards",
                    "Headers",
                    "Request and reply",
                    "Nobody there",
                    "Queue groups",
                    "How fast?",
                    "Drain",
                )
        }

        test("each effect is what the lines above it promise") {
            listOf(
                "=> connected: the server speaks NATS ",
                "=> received 'two cups' on orders.tea",
                "=> received [orders.tea, orders.coffee]",
                "=> received '42 EUR' with Trace-Id 7f3a",
                "=> the reply is 'hello joe'",
                "=> NoRespondersException: no responders for 'nobody.home'",
                ": 100 of 100",
                "=> the connection is Closed",
            ).forEach { printed shouldContain it }
        }

        test("the lines of code are shown as they are in the file, and the lesson's own calls are not") {
            printed shouldContain
                """
                |   val tea = nats.subscribe("orders.tea")
                |   nats.publish("orders.tea", "two cups".encodeToByteArray())
                |   val order = tea.first()
                |   => received
                """.trimMargin()
            printed shouldNotContain "lesson."
        }

        test("everything that was published in the second of speed was received") {
            val (published, received) = Regex("([\\d,]+) messages of 128 B published and ([\\d,]+) received").find(printed)!!.destructured
            received shouldMatch Regex.escape(published)
        }
    })
