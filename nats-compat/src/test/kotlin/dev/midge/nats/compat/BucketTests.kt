package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.Orchestrator
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.maps.shouldContainAll
import io.kotest.matchers.shouldBe
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private const val SUITE = "object-store"

private suspend fun Orchestrator.create(test: String, config: String) {
    ask(SUITE, test, """{"suite":"object-store","test":"$test","command":"x","config":$config}""").toList().shouldBeEmpty()
}

internal fun bucketTests(conversation: Conversation) {
    conversation("a bucket by defaults is to the server what it is by the official client, and may be there already") {
        val bucket = newName()
        repeat(2) { create("default-bucket", """{"bucket":"$bucket"}""") }
        newBucket("$bucket-theirs")
        val theirs = streamConfig("$bucket-theirs").toString().replace("$bucket-theirs", bucket)
        val ours = streamConfig(bucket)
        // The official client writes the subjects in any order.
        ours - "subjects" shouldBe Json.parseToJsonElement(theirs).jsonObject - "subjects"
        ours.getValue("subjects").jsonArray.map { it.jsonPrimitive.content } shouldContainExactly
            listOf("\$O.$bucket.C.>", "\$O.$bucket.M.>")
    }

    conversation("a bucket is made by exactly what the command says, of which unknown fields are no part") {
        val bucket = newName()
        create(
            "custom-bucket",
            """{"bucket":"$bucket","description":"some","max_age":120000000000,"max_bytes":1048576,"storage":"memory",""" +
                """"num_replicas":1,"placement":null,"no_such_field":[1]}""",
        )
        streamConfig(bucket).texts() shouldContainAll mapOf(
            "name" to "OBJ_$bucket",
            "description" to "some",
            "max_age" to "120000000000",
            "max_bytes" to "1048576",
            "storage" to "memory",
            "num_replicas" to "1",
            "discard" to "new",
            "allow_rollup_hdrs" to "true",
            "allow_direct" to "true",
        )
    }

    conversation("what a command leaves out of a bucket is the default") {
        val bucket = newName()
        create("default-bucket", """{"bucket":"$bucket"}""")
        create("custom-bucket", """{"bucket":"$bucket-own","storage":"","max_bytes":0,"num_replicas":0}""")
        val own = streamConfig("$bucket-own").toString().replace("$bucket-own", bucket)
        Json.parseToJsonElement(own).jsonObject shouldBe streamConfig(bucket)
    }

    conversation("a bucket has metadata and is compressed where the server can") {
        val bucket = newName()
        if (version != "2.9.10") {
            create("custom-bucket", """{"bucket":"$bucket","compression":true,"metadata":{"team":"a"}}""")
            val config = streamConfig(bucket)
            config.texts()["compression"] shouldBe "s2"
            config.getValue("metadata").jsonObject.texts()["team"] shouldBe "a"
        }
    }
}

private fun JsonObject.texts(): Map<String, String> = filterValues { it is JsonPrimitive }.mapValues { it.value.jsonPrimitive.content }
