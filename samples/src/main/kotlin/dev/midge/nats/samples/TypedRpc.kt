@file:JvmName("TypedRpc")

package dev.midge.nats.samples

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.serialization.TypedReply
import dev.midge.nats.serialization.request
import dev.midge.nats.serialization.respond
import dev.midge.nats.serialization.respondWith
import dev.midge.nats.serialization.subject
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable

@Serializable
data class Division(val dividend: Int, val divisor: Int)

@Serializable
data class Quotient(val value: Int, val remainder: Int)

/**
 * Calls with values. Run it with `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.TypedRpc`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("Typed requests, with ${server.description} at ${server.url}")
        runBlocking { typedRpc(server.url) }
    }
}

private suspend fun typedRpc(url: String) {
    val lesson = Lesson("TypedRpc.kt")
    val nats = NatsConnection(url)

    lesson.step("Respond and request")
    // The types of request and reply, in this order. Text and bytes are sent as they are, everything else as JSON.
    nats.respond<Int, String>("greet") { "Hello $it" }
    val greeting = nats.request<Int, String>("greet", 42)
    lesson.effect("the reply is '$greeting'")

    lesson.step("A service")
    // What the handler throws reaches the caller as a ServiceErrorException.
    nats.respond<Division, Quotient>("divide", queueGroup = "calculators") { (dividend, divisor) ->
        if (divisor == 0) throw ServiceErrorException(422, "nobody divides by zero")
        Quotient(dividend / divisor, dividend % divisor)
    }
    val divide = nats.subject<Division>("divide")
    val quotient = divide.request<Quotient>(Division(17, 5))
    lesson.effect("17 / 5 is $quotient")

    lesson.step("Errors are typed")
    val refused = runCatching { divide.request<Quotient>(Division(1, 0)) }.exceptionOrNull() as ServiceErrorException
    val unreadable = runCatching { nats.request<String, Quotient>("divide", "one by two") }.exceptionOrNull() as ServiceErrorException
    lesson.effect("${refused.code} '${refused.error}', and ${unreadable.code} '${unreadable.error}'")

    lesson.step("Many at once")
    // All of them share one inbox; each gets its own answer.
    val remainders = coroutineScope {
        List(100) { async { divide.request<Quotient>(Division(it, 7)).remainder } }.awaitAll()
    }
    lesson.effect("100 answers; remainders add up to ${remainders.sum()}")

    lesson.step("Headers both ways")
    nats.respondWith<String, String>("whoami") { request ->
        TypedReply("you are ${request.headers["User"] ?: "nobody"}", Headers.of("Asked" to request.subject))
    }
    val answer = nats.request<String, String>("whoami", "?", Headers.of("User" to "joe"))
    lesson.effect("the reply is '$answer'")
    nats.drain()
}
