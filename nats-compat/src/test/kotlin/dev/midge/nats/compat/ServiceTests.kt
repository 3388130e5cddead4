package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.Orchestrator
import dev.midge.nats.compat.fixtures.json
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.nats.client.Connection
import io.nats.service.Discovery
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.future.await
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private const val SUITE = "service"

/** Starts the service that the command [config] describes, runs [test] and has it stopped. */
private suspend fun Orchestrator.withService(config: String, test: suspend () -> Unit) {
    ask(SUITE, "core", """{"suite":"service","test":"core","config":$config}""").toList().shouldBeEmpty()
    try {
        test()
    } finally {
        ask(SUITE, "core", "{}", step = "destroy").toList().shouldBeEmpty()
    }
}

/** Long enough for any machine; the first answer ends it. */
private fun Connection.discovery() = Discovery(this, 30_000, 1)

private fun configOf(name: String) = """
    {
      "name": "$name", "version": "1.0.0", "description": "some", "queue_group": "sq", "metadata": {"m": "1"},
      "groups": [{"name": "$name.g1", "queue_group": "gq"}, {"name": "$name.g2"}],
      "endpoints": [
        {"name": "plain", "subject": "$name.plain", "metadata": {"e": "1"}},
        {"name": "own", "subject": "$name.own", "queue_group": "eq"},
        {"name": "grouped", "subject": "grouped", "group": "$name.g1"},
        {"name": "both", "subject": "both", "group": "$name.g1", "queue_group": "eq"},
        {"name": "inherits", "subject": "inherits", "group": "$name.g2"},
        {"name": "faulty", "subject": "$name.faulty"}
      ]
    }
"""

internal fun serviceTests(conversation: Conversation) {
    conversation("a service is found with its groups and queue groups as the command says") {
        val name = newName()
        withService(configOf(name)) {
            val info = nats.discovery().info(name).single()
            info.version shouldBe "1.0.0"
            info.description shouldBe "some"
            info.metadata shouldBe mapOf("m" to "1")
            info.endpoints.map { it.name } shouldContainExactly listOf("plain", "own", "grouped", "both", "inherits", "faulty")
            info.endpoints.map { it.subject } shouldContainExactly
                listOf("$name.plain", "$name.own", "$name.g1.grouped", "$name.g1.both", "$name.g2.inherits", "$name.faulty")
            info.endpoints.map { it.queueGroup } shouldContainExactly listOf("sq", "eq", "gq", "eq", "sq", "sq")
            info.endpoints[0].metadata shouldBe mapOf("e" to "1")
            nats.discovery().ping(name, info.id).id shouldBe info.id
        }
    }

    conversation("endpoints answer with what they are sent, the faulty one with an error, and each counts under its name") {
        val name = newName()
        withService(configOf(name)) {
            for (subject in listOf("plain", "own", "g1.grouped", "g1.both", "g2.inherits")) {
                request("$name.$subject", subject.encodeToByteArray()).await().data.decodeToString() shouldBe subject
            }
            val error = request("$name.faulty", byteArrayOf(1)).await()
            error.headers.getFirst("Nats-Service-Error-Code") shouldBe "500"
            error.headers.getFirst("Nats-Service-Error") shouldBe "handler error"
            error.data.toList().shouldBeEmpty()
            val stats = nats.discovery().stats(name).single().endpointStatsList
            stats.map { it.numRequests } shouldContainExactly List(6) { 1L }
            stats.map { it.numErrors } shouldContainExactly listOf(0L, 0L, 0L, 0L, 0L, 1L)
            stats.last().lastError shouldBe "500:handler error"
            val raw = json(request("\$SRV.STATS.$name").await()).getValue("endpoints").jsonArray.map { it.jsonObject }
            raw.map { it.getValue("data").toString() } shouldContainExactly
                listOf("plain", "own", "grouped", "both", "inherits", "faulty").map { """{"endpoint":"$it"}""" }
        }
    }

    conversation("a service that is destroyed neither answers nor is found, and another one may follow") {
        val name = newName()
        val config = """{"name":"$name","version":"1.0.0","endpoints":[{"name":"e","subject":"$name.e"}]}"""
        withService(config) {
            val endpoint = json(request("\$SRV.INFO.$name").await()).getValue("endpoints").jsonArray.single().jsonObject
            endpoint.getValue("queue_group").jsonPrimitive.content shouldBe "q"
        }
        shouldThrow<CancellationException> { request("$name.e").get() }
        shouldThrow<CancellationException> { request("\$SRV.PING.$name").get() }
        withService(config) {
            request("$name.e", byteArrayOf(7)).await().data shouldBe byteArrayOf(7)
        }
    }
}
