@file:JvmName("CustomCodec")

package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.publish
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.subscribe
import dev.midge.nats.serialization.withCodecs
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.readDouble
import kotlinx.io.readString
import kotlinx.io.writeDouble
import kotlinx.io.writeString

/** A price, of which a market sends millions. */
data class Tick(val symbol: String, val price: Double)

/** Eight bytes and the symbol, where JSON takes about forty. The sink is where the message is sent from; no array is made. */
object TickCodec : PayloadCodec<Tick> {
    override fun encode(value: Tick, sink: Sink) {
        sink.writeDouble(value.price)
        sink.writeString(value.symbol)
    }

    override fun decode(source: Source) = source.readDouble().let { price -> Tick(source.readString(), price) }
}

/**
 * A codec of one's own. Run it with `mvn -q -Pquickstart -Dsample=dev.midge.nats.samples.CustomCodec`.
 */
fun main() {
    SampleServer.start().use { server ->
        println("A codec of one's own, with ${server.description} at ${server.url}")
        runBlocking { customCodec(server.url) }
    }
}

private suspend fun customCodec(url: String) {
    val lesson = Lesson("CustomCodec.kt")
    val nats = NatsConnection(url)

    lesson.step("For one subject")
    // TickCodec is ten lines; see above in CustomCodec.kt.
    val ticks = nats.subject("ticks", TickCodec)
    val received = ticks.subscribe()
    ticks.publish(Tick("ACME", 12.5))
    val tick = received.first()
    lesson.effect("received ${tick.value}, ${tick.message.payload.size} B")

    lesson.step("For a type, wherever it is sent")
    // A registry says which codec goes with which type; what it does not name goes as JSON.
    val market = nats.withCodecs(CodecRegistry { codec(TickCodec) })
    val all = market.subscribe<Tick>("market.>")
    market.publish("market.eu", Tick("ACME", 12.75))
    val latest = all.first()
    lesson.effect("received ${latest.value} on ${latest.subject}")

    lesson.step("What it cannot read")
    // Five bytes are no price: the codec throws, the message is counted, the subscription goes on.
    val careful = ticks.subscribe()
    nats.publish("ticks", "short".encodeToByteArray())
    ticks.publish(Tick("ACME", 13.0))
    val next = careful.first().value
    lesson.effect("${careful.undecodableMessages} message did not decode; received $next")
    nats.drain()
}
