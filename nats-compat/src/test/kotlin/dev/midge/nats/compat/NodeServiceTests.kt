package dev.midge.nats.compat

import dev.midge.nats.ServiceErrorException
import dev.midge.nats.services.EndpointOptions
import dev.midge.nats.services.service
import dev.midge.nats.services.services
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.single
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlin.time.Duration.Companion.seconds

private fun JsonObject.text(key: String) = getValue(key).jsonPrimitive.content

internal suspend fun NodeScope.services() {
    ourService()
    theirService()
}

private suspend fun NodeScope.ourService() {
    val service = nats.service("ours", "1.2.0") {
        description = "ours"
        group("ours") {
            endpoint("echo", EndpointOptions { metadata = mapOf("k" to "v") }) { it.payload }
            endpoint("fails") { throw ServiceErrorException(404, "none") }
        }
    }
    peer.json("request", """"subject":"ours.echo","text":"hello"""").text("text") shouldBe "hello"
    peer.json("request", """"subject":"ours.fails","text":""""").apply {
        text("code") shouldBe "404"
        text("error") shouldBe "none"
    }
    fun find(call: String) = peer.call("find", """"call":"$call","name":"ours","id":"${service.id}"""").jsonArray.single().jsonObject
    find("ping").text("id") shouldBe service.id
    val endpoints = find("info").getValue("endpoints").jsonArray.map { it.jsonObject }
    endpoints.map { it.text("subject") } shouldContainExactly listOf("ours.echo", "ours.fails")
    endpoints[0].getValue("metadata").toString() shouldBe """{"k":"v"}"""
    find("stats").getValue("endpoints").jsonArray.map { it.jsonObject.text("num_errors") } shouldContainExactly listOf("0", "1")
    service.stop()
}

private suspend fun NodeScope.theirService() {
    val id = peer.text("serve", """"name":"theirs"""")!!
    nats.requestText("theirs.echo", "hello").text() shouldBe "hello"
    shouldThrow<ServiceErrorException> { nats.requestText("theirs.fails", "") }.apply {
        code shouldBe 404
        error shouldBe "none"
    }
    val services = nats.services()
    services.ping("theirs", id, 30.seconds).single().version shouldBe "2.0.0"
    val info = services.info("theirs", id, 30.seconds).single()
    info.metadata shouldBe mapOf("team" to "b")
    info.endpoints.map { it.subject } shouldContainExactly listOf("theirs.echo", "theirs.fails")
    info.endpoints[0].metadata shouldBe mapOf("k" to "v")
    services.stats("theirs", id, 30.seconds).single().endpoints.map { it.requests } shouldContainExactly listOf(1, 1)
    peer.call("stop")
}
