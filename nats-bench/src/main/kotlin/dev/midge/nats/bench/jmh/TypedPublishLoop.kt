package dev.midge.nats.bench.jmh

import com.fasterxml.jackson.module.kotlin.jacksonMapperBuilder
import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import dev.midge.nats.bench.typed.Order
import dev.midge.nats.bench.typed.TypedClients
import dev.midge.nats.serialization.subject
import dev.midge.nats.serialization.withCodecs
import kotlinx.coroutines.runBlocking

/** Publishes an object from one coroutine, as JSON that is written in the given way. */
class TypedPublishLoop(url: String, json: String) : AutoCloseable {
    private val nats = NatsConnection(url)
    private val subject = Subject("bench.orders.created")
    private val writer = jacksonMapperBuilder().build().writerFor(Order::class.java)
    private val prepared = writer.writeValueAsBytes(Order.sample)
    private val orders = nats.subject<Order>(subject)
    private val jacksonOrders = nats.withCodecs(TypedClients.jackson).subject<Order>(subject)

    /** A loop for each way: what a common one would have to call costs memory of its own. */
    private val publishMany: suspend (Int) -> Unit = when (json) {
        "kotlinx" -> { count -> repeat(count) { orders.publish(Order.sample) } }
        "jackson" -> { count -> repeat(count) { jacksonOrders.publish(Order.sample) } }
        "prepared" -> { count -> repeat(count) { nats.publish(subject, prepared) } }
        "array" -> { count -> repeat(count) { nats.publish(subject, writer.writeValueAsBytes(Order.sample)) } }
        else -> error("there is no way called '$json'")
    }

    init {
        runBlocking { nats.connect() }
    }

    fun publish(count: Int) = runBlocking { publishMany(count) }

    override fun close() = runBlocking { nats.close() }
}
