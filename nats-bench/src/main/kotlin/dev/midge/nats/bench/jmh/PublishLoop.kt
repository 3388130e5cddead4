package dev.midge.nats.bench.jmh

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import kotlinx.coroutines.runBlocking

/** Publishes from one coroutine. */
class PublishLoop(url: String, size: Int) : AutoCloseable {
    private val subject = Subject("bench.orders.created")
    private val payload = ByteArray(size)
    private val nats = NatsConnection(url)

    init {
        runBlocking { nats.connect() }
    }

    fun publish(count: Int) = runBlocking { repeat(count) { nats.publish(subject, payload) } }

    override fun close() = runBlocking { nats.close() }
}
