@file:JvmName("QueueWorkers")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger

/**
 * Work that several share. Run it with `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.QueueWorkers`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("Queue workers, with ${server.description} at ${server.url}")
        runBlocking { queueWorkers(server.url) }
    }
}

private suspend fun queueWorkers(url: String) {
    val lesson = Lesson("QueueWorkers.kt")
    val nats = NatsConnection(url)

    lesson.step("Share the work")
    // Each job goes to one member of the queue group. Here they share a connection; elsewhere each is a program of its own.
    val jobs = ConcurrentLinkedQueue<String>()
    val workers = List(3) { nats.subscribe("jobs", queueGroup = "workers") { jobs += it.text() } }
    repeat(300) { nats.publish("jobs", "job $it".encodeToByteArray()) }
    // Draining a subscription waits until its handler is done with the last message.
    workers.forEach { it.drain() }
    val twice = jobs.size - jobs.toSet().size
    lesson.effect("3 workers did ${workers.map { it.receivedMessages }} jobs: ${jobs.size} of 300, $twice of them twice")

    lesson.step("Groups beside each other")
    // One member of every group gets a message, and so does every subscriber without a group.
    val (billing, shipping, log) = List(3) { AtomicInteger() }
    val subscriptions = listOf(
        nats.subscribe("orders", queueGroup = "billing") { billing.incrementAndGet() },
        nats.subscribe("orders", queueGroup = "shipping") { shipping.incrementAndGet() },
        nats.subscribe("orders", queueGroup = "shipping") { shipping.incrementAndGet() },
        nats.subscribe("orders") { log.incrementAndGet() },
    )
    repeat(10) { nats.publish("orders", "order $it".encodeToByteArray()) }
    subscriptions.forEach { it.drain() }
    lesson.effect("10 orders: $billing to billing, $shipping to shipping, $log to the log")

    leave(nats, lesson)

    lesson.step("Answer in a group")
    // One responder handles one request after the other; four of them, four at a time.
    repeat(4) { nats.respond("square", queueGroup = "calculators") { square(it.text()).encodeToByteArray() } }
    val answers = coroutineScope {
        List(100) { async { nats.request("square", "$it".encodeToByteArray()).text().toInt() } }.awaitAll()
    }
    lesson.effect("${answers.size} answers, which add up to ${answers.sum()}")
    nats.drain()
}

private suspend fun leave(nats: NatsConnection, lesson: Lesson) {
    lesson.step("Leave without losing a job")
    // Who drains gets nothing new and finishes what it has; the others go on.
    val done = List(2) { AtomicInteger() }
    val (leaving, staying) = done.map { count -> nats.subscribe("tasks", queueGroup = "workers") { count.incrementAndGet() } }
    repeat(50) { nats.publish("tasks", "task $it".encodeToByteArray()) }
    leaving.drain()
    val doneBefore = done[0].get()
    repeat(50) { nats.publish("tasks", "another task $it".encodeToByteArray()) }
    staying.drain()
    lesson.effect("it did ${done[0].get() - doneBefore} tasks after it had left; together they did ${done.sumOf { it.get() }} of 100")
}

private fun square(number: String): String = number.toInt().let { it * it }.toString()
