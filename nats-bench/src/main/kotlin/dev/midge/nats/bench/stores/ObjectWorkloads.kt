package dev.midge.nats.bench.stores

import dev.midge.nats.bench.alone.Workload
import dev.midge.nats.bench.client.BenchConnection
import dev.midge.nats.bench.client.Reception
import dev.midge.nats.bench.client.publish

// Whole objects, or as many messages as those have chunks.

/** Each object takes the place of the one before. */
internal class ObjectPutting(private val store: BenchStore, private val connection: StoreConnection) : Workload {
    override fun prepare(messages: Int) = store.purge()

    override fun run(messages: Int): Int = repeatWhole(messages, store.chunks) { connection.put(store.source()) }

    override fun close() = store.use { connection.close() }
}

internal class ObjectGetting(private val store: BenchStore, private val connection: StoreConnection) : Workload {
    init {
        store.fill()
    }

    override fun run(messages: Int): Int = repeatWhole(messages, store.chunks) {
        val bytes = connection.get()
        check(bytes == store.bytes) { "$bytes of ${store.bytes} bytes came" }
    }

    override fun close() = store.use { connection.close() }
}

internal class PlainPublishing(private val connection: BenchConnection, private val chunks: Int) : Workload {
    private val payload = ByteArray(CHUNK_BYTES) { 'x'.code.toByte() }

    override fun run(messages: Int): Int = repeatWhole(messages, chunks) { connection.publish(PLAIN, payload, chunks) }

    override fun close() = connection.close()
}

internal class PlainReceiving(private val store: BenchStore, private val connection: BenchConnection) : Workload {
    @Volatile
    private var reception = Reception(0)

    init {
        store.fill()
        connection.receive(PLAIN, CHUNK_BYTES, store.chunks) { reception.received(it) }
    }

    override fun run(messages: Int): Int = repeatWhole(messages, store.chunks) {
        reception = Reception(store.chunks)
        store.deliverTo(PLAIN)
        reception.await()
    }

    override fun close() = store.use { connection.close() }
}

private const val PLAIN = "bench.plain"
