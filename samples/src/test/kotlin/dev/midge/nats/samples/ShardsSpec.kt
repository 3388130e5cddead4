package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

class ShardsSpec :
    FunSpec({
        test("each effect is what the lines above it promise") {
            val effects = printedBy("Shards").lines().map { it.trim() }.filter { it.startsWith("=> ") }
            effects[0] shouldBe
                "=> {north=[people.oslo, people.tokyo], east=[people.rome, people.lima], west=[people.seoul, people.dakar]}"
            effects[1] shouldBe "=> 'ciao Ada', from north"
            effects[2] shouldContain
                "received [people.dakar, people.lima, people.oslo, people.rome, people.seoul, people.tokyo]; invalid subject"
            effects[3] shouldBe "=> flush failed in [west]; 2 shards work"
            effects[4] shouldBe "=> received 'I belong to west'; every shard has answered flush"
            effects[5] shouldBe "=> east is Closed, west is Closed, north is Closed"
        }
    })
