@file:JvmName("Quickstart")

package dev.midge.nats.samples

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NoRespondersException
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import java.util.concurrent.atomic.AtomicInteger
import kotlin.system.exitProcess

/**
 * Midge in nine steps. Run it with `mvn -q -Pquickstart`: it prints each step, the lines of this file that belong to it, and what they did.
 *
 * It needs nothing installed, for it brings a small server of its own; set NATS_URL to use another one.
 */
fun main() {
    SampleServer.start().use { server ->
        println("Midge quickstart, with ${server.description} at ${server.url}")
        try {
            runBlocking { quickstart(server.url) }
        } catch (e: ConnectFailedException) {
            println("There is no server to learn with: ${e.message}")
            exitProcess(1)
        }
    }
}

private suspend fun quickstart(url: String) {
    val lesson = Lesson("Quickstart.kt")

    lesson.step("Connect")
    // One connection serves a whole program, from any number of coroutines.
    val nats = NatsConnection(url)
    nats.connect()
    lesson.effect("connected: the server speaks NATS ${nats.serverInfo.value?.version}")

    publishAndSubscribe(nats, lesson)
    requestAndReply(nats, lesson)
    shareWork(nats, lesson)

    lesson.step("How fast?")
    // One coroutine publishes for a second, a handler receives it all: see Speed.kt.
    val speed = measureOneSecond(nats)
    lesson.effect(speed.toString())

    lesson.step("Drain")
    // Everything published reaches the server, everything received is handled, then the connection closes.
    nats.drain()
    lesson.effect("the connection is ${nats.state.value}")
}

private suspend fun publishAndSubscribe(nats: NatsConnection, lesson: Lesson) {
    lesson.step("Publish and subscribe")
    // A subscription is a Flow. The server delivers from the moment subscribe() returns.
    val tea = nats.subscribe("orders.tea")
    nats.publish("orders.tea", "two cups".encodeToByteArray())
    val order = tea.first()
    lesson.effect("received '${order.text()}' on ${order.subject}; first() ended the subscription")

    lesson.step("Wildcards")
    // A * stands for one token of a subject, a > for all that follow.
    val orders = nats.subscribe("orders.*")
    nats.publish("orders.tea")
    nats.publish("orders.tea.green")
    nats.publish("orders.coffee")
    val subjects = orders.take(2).toList().map { it.subject }
    lesson.effect("received $subjects: orders.tea.green has one token too many")

    lesson.step("Headers")
    // Metadata travels beside the payload; a name may have several values.
    val invoices = nats.subscribe("invoices")
    nats.publish("invoices", "42 EUR".encodeToByteArray(), Headers.of("Trace-Id" to "7f3a"))
    val invoice = invoices.first()
    lesson.effect("received '${invoice.text()}' with Trace-Id ${invoice.headers["Trace-Id"]}")
}

private suspend fun requestAndReply(nats: NatsConnection, lesson: Lesson) {
    lesson.step("Request and reply")
    // What the handler returns is the reply.
    nats.respond("greet") { request -> "hello ${request.text()}".encodeToByteArray() }
    val reply = nats.request("greet", "joe".encodeToByteArray())
    lesson.effect("the reply is '${reply.text()}'")

    lesson.step("Nobody there")
    // The server knows that nobody subscribes, so that a request fails at once instead of after a timeout.
    try {
        nats.request("nobody.home")
    } catch (e: NoRespondersException) {
        lesson.effect("NoRespondersException: ${e.message}")
    }
}

private suspend fun shareWork(nats: NatsConnection, lesson: Lesson) {
    lesson.step("Queue groups")
    // Members of a queue group share the messages: each job goes to one of the two workers.
    val done = List(2) { AtomicInteger() }
    val workers = done.map { jobs -> nats.subscribe("jobs", queueGroup = "workers") { jobs.incrementAndGet() } }
    repeat(100) { nats.publish("jobs", "job $it".encodeToByteArray()) }
    // Draining a subscription waits until its handler is done with the last message.
    workers.forEach { it.drain() }
    lesson.effect("${done[0]} jobs went to one worker and ${done[1]} to the other: ${done.sumOf { it.get() }} of 100")
}
