package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly

class TypedSamplesSpec :
    FunSpec({
        test("TypedPubSub: each effect is what the lines above it promise") {
            effectsIn(printedBy("TypedPubSub")) shouldContainExactly
                listOf(
                    """received Person(age=30, name=Joe) on people.joe: {"age":30,"name":"Joe"} on the wire""",
                    "received [1, 2, 3]; the last two went out as one batch",
                    "received Person(age=50, name=Ann); 1 dead letter: 'no JSON at all' of staff",
                    "received [Jane as JSON, Jim as application/cbor]",
                )
        }

        test("TypedRpc: each effect is what the lines above it promise") {
            effectsIn(printedBy("TypedRpc")) shouldContainExactly
                listOf(
                    "the reply is 'Hello 42'",
                    "17 / 5 is Quotient(value=3, remainder=2)",
                    "422 'nobody divides by zero', and 400 'the request does not decode as dev.midge.nats.samples.Division'",
                    "100 answers; remainders add up to ${(0 until 100).sumOf { it % 7 }}",
                    "the reply is 'you are joe'",
                )
        }

        test("CustomCodec: each effect is what the lines above it promise") {
            effectsIn(printedBy("CustomCodec")) shouldContainExactly
                listOf(
                    "received Tick(symbol=ACME, price=12.5), 12 B",
                    "received Tick(symbol=ACME, price=12.75) on market.eu",
                    "1 message did not decode; received Tick(symbol=ACME, price=13.0)",
                )
        }
    })
