package dev.midge.nats.bench.jmh

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Publishes from several coroutines at a time, a message a call or a batch a call. */
class BatchLoop(url: String, size: Int, private val publishers: Int, private val batch: Int) : AutoCloseable {
    private val subject = Subject("bench.orders.created")
    private val payload = ByteArray(size)
    private val nats = NatsConnection(url)

    init {
        runBlocking { nats.connect() }
    }

    fun publishSingly(batches: Int) = concurrently(batches) { repeat(batch) { nats.publish(subject, payload) } }

    fun publishInBatches(batches: Int) = concurrently(batches) { nats.publishBatch { repeat(batch) { publish(subject, payload) } } }

    private inline fun concurrently(batches: Int, crossinline publish: suspend () -> Unit) = runBlocking(Dispatchers.Default) {
        repeat(publishers) { launch { repeat(batches / publishers) { publish() } } }
    }

    override fun close() = runBlocking { nats.close() }
}
