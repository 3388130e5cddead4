@file:JvmName("TypedPubSub")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.serialization.CborFormat
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JsonFormat
import dev.midge.nats.serialization.Undecodable
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.withCodecs
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable

/** What is sent. `@Serializable` has the compiler write how. */
@Serializable
data class Person(val age: Int, val name: String)

/**
 * Values instead of bytes. Run it with `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.TypedPubSub`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("Typed messages, with ${server.description} at ${server.url}")
        runBlocking { typedPubSub(server.url) }
    }
}

private suspend fun typedPubSub(url: String) {
    val lesson = Lesson("TypedPubSub.kt")
    val nats = NatsConnection(url)

    lesson.step("Publish a value, receive a value")
    // JSON by kotlinx-serialization unless told otherwise. What comes with a message is at hand: subject, reply subject, headers.
    val people = nats.subscribe<Person>("people.*")
    nats.publish("people.joe", Person(30, "Joe"))
    val joe = people.first()
    lesson.effect("received ${joe.value} on ${joe.subject}: ${joe.message.text()} on the wire")

    lesson.step("Bind a subject once")
    // Connection, subject and codec together: no look-up at any publish. Fit for loops.
    val ages = nats.subject<Int>("ages")
    val received = ages.subscribe()
    ages.publish(1)
    ages.publishAll(listOf(2, 3))
    val values = received.take(3).toList().map { it.value }
    lesson.effect("received $values; the last two went out as one batch")

    badMessages(nats, lesson)

    lesson.step("Another format")
    // The same connection, with other codecs. A Content-Type costs 40 bytes; who understands several formats goes by it.
    val cbor = nats.withCodecs(
        CodecRegistry {
            format = CborFormat()
            sendContentType = true
        },
    )
    val reader = nats.withCodecs(CodecRegistry { understand(JsonFormat(), CborFormat()) }).subscribe<Person>("mixed")
    nats.publish("mixed", Person(40, "Jane"))
    cbor.publish("mixed", Person(41, "Jim"))
    val mixed = reader.take(2).toList()
    lesson.effect("received ${mixed.map { "${it.value.name} as ${it.headers["Content-Type"] ?: "JSON"}" }}")
    nats.drain()
}

private suspend fun badMessages(nats: NatsConnection, lesson: Lesson) {
    lesson.step("What does not decode")
    // Passed over and counted, or the end of the Flow, or kept for somebody to look at: it is never the end of the connection.
    val letters = nats.subscribe("dead.people")
    val people = nats.subscribe<Person>("staff", undecodable = Undecodable.DeadLetter("dead.people"))
    nats.publish("staff", "no JSON at all".encodeToByteArray())
    nats.publish("staff", Person(50, "Ann"))
    val ann = people.first().value
    val letter = letters.first()
    lesson.effect("received $ann; ${people.deadLetters} dead letter: '${letter.text()}' of ${letter.headers["Dead-Letter-Subject"]}")
}
