package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith

/** What each sample that exists in both languages has printed, in Kotlin and in Java. */
private class Twins(sample: String) {
    val kotlin = printedBy(sample)
    val java = printedBy("java.$sample")
    val effects = listOf(effectsIn(kotlin), effectsIn(java))
}

class TwinSamplesSpec :
    FunSpec({
        val twins = listOf("Quickstart", "TypedPubSub", "TypedRpc", "QueueWorkers", "RequestMany").associateWith(::Twins)

        twins.forEach { (sample, printed) ->
            test("$sample teaches the same steps in both languages") {
                stepsIn(printed.java) shouldContainExactly stepsIn(printed.kotlin)
            }

            test("$sample shows the lines of its own language, and not the lesson's own calls") {
                printed.kotlin shouldNotContain "lesson."
                printed.java shouldNotContain "lesson."
                Regex("^ {3}(var|try) .*[;{]$", RegexOption.MULTILINE).containsMatchIn(printed.java) shouldBe true
                Regex("^ {3}val ", RegexOption.MULTILINE).containsMatchIn(printed.kotlin) shouldBe true
            }
        }

        test("Quickstart in Java: each effect is what the lines above it promise") {
            val effects = effectsIn(twins.getValue("Quickstart").java)
            effects shouldHaveSize 9
            effects[0] shouldStartWith "connected: the server speaks NATS "
            effects.subList(1, 6) shouldContainExactly
                listOf(
                    "received 'two cups' on orders.tea",
                    "received [orders.tea, orders.coffee]: orders.tea.green has one token too many",
                    "received '42 EUR' with Trace-Id 7f3a",
                    "the reply is 'hello joe'",
                    "NoRespondersException: no responders for 'nobody.home'",
                )
            effects[6] shouldMatch "\\d+ jobs to one worker, \\d+ to the other: 100 of 100"
            val (published, received) =
                Regex("([\\d,]+) messages of 128 B published and ([\\d,]+) received").find(effects[7])!!.destructured
            received shouldBe published
            effects[8] shouldBe "the connection is Closed"
        }

        test("TypedPubSub in Java: each effect is what the lines above it promise") {
            effectsIn(twins.getValue("TypedPubSub").java) shouldContainExactly
                listOf(
                    """received Person[age=30, name=Joe] on people.joe: {"age":30,"name":"Joe"} on the wire""",
                    "received [1, 2, 3]; the last two went out as one batch",
                    "received Person[age=50, name=Ann]; 1 dead letter: 'no JSON at all' of staff",
                    "received Person[age=41, name=Jim], 17 B of CBOR",
                )
        }

        test("TypedRpc in Java: each effect is what the lines above it promise") {
            effectsIn(twins.getValue("TypedRpc").java) shouldContainExactly
                listOf(
                    "the reply is 'Hello 42'",
                    "17 / 5 is Quotient[value=3, remainder=2]",
                    "422 'nobody divides by zero'",
                    "400 for what is no Division",
                    "100 answers; remainders add up to ${(0 until 100).sumOf { it % 7 }}",
                    "the reply is 'you are joe'",
                )
        }

        test("QueueWorkers: each effect is what the lines above it promise, in both languages") {
            for (effects in twins.getValue("QueueWorkers").effects) {
                effects[0] shouldMatch "3 workers did \\[\\d+, \\d+, \\d+] jobs: 300 of 300, 0 of them twice"
                effects.drop(1) shouldContainExactly
                    listOf(
                        "10 orders: 10 to billing, 10 to shipping, 10 to the log",
                        "it did 0 tasks after it had left; together they did 100 of 100",
                        "100 answers, which add up to ${(0 until 100).sumOf { it * it }}",
                    )
            }
        }

        test("RequestMany: each effect is what the lines above it promise, in both languages") {
            for (effects in twins.getValue("RequestMany").effects) {
                effects shouldContainExactly
                    listOf(
                        "received [cairo has 3, oslo has 7, rome has 0]",
                        "received 3 replies",
                        "received [page 1, page 2, page 3, page 4, page 5]",
                        "received [page 1, page 2]; the other replies find nobody",
                        "NoRespondersException: no responders for 'nobody.home'",
                    )
            }
        }
    })
