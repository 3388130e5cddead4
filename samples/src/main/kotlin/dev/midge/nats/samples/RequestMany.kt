@file:JvmName("RequestMany")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestManyLimits
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.seconds

/**
 * One request, many replies. Run it with `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.RequestMany`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("Requests with many replies, with ${server.description} at ${server.url}")
        runBlocking { requestMany(server.url) }
    }
}

private suspend fun requestMany(url: String) {
    val lesson = Lesson("RequestMany.kt")
    val nats = NatsConnection(url)

    lesson.step("A known number of replies")
    // Without a queue group everybody answers. The Flow ends with the third reply, whichever it is.
    val stock = mapOf("oslo" to 7, "rome" to 0, "cairo" to 3)
    stock.forEach { (shop, pounds) -> nats.respond("stock.tea") { "$shop has $pounds".encodeToByteArray() } }
    val three = nats.requestMany("stock.tea", limits = RequestManyLimits { maxMessages = 3 }).map { it.text() }.toList()
    lesson.effect("received ${three.sorted()}")

    lesson.step("As many as there are")
    // Ends when no reply has come for a second after the one before. The request timeout bounds it all.
    val all = nats.requestMany("stock.tea", limits = RequestManyLimits { stall = 1.seconds }).map { it.text() }.toList()
    lesson.effect("received ${all.size} replies")

    lesson.step("Until the responder says so")
    // A responder that has much to say publishes to the reply subject; here an empty payload is the last thing it says.
    nats.subscribe("pages") { request ->
        for (page in 1..5) nats.reply(request, "page $page".encodeToByteArray())
        nats.reply(request)
    }
    val toTheEnd = RequestManyLimits { endedByEmptyPayload() }
    val pages = nats.requestMany("pages", limits = toTheEnd).map { it.text() }.toList()
    lesson.effect("received $pages")

    lesson.step("Enough")
    // Whoever stops collecting waits for no more.
    val some = nats.requestMany("pages", limits = toTheEnd).take(2).map { it.text() }.toList()
    lesson.effect("received $some; the other replies find nobody")

    lesson.step("Nobody there")
    // Known at once, as with a request for one reply.
    try {
        nats.requestMany("nobody.home").toList()
    } catch (e: NoRespondersException) {
        lesson.effect("NoRespondersException: ${e.message}")
    }
    nats.drain()
}
