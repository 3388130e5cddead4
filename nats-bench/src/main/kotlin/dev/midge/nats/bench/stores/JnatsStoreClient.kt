package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.JnatsClient
import dev.midge.nats.bench.client.Target
import io.nats.client.Connection
import java.io.InputStream

/**
 * jnats, whose buckets and stores have blocking calls only.
 *
 * @param flushesRequests whether each request flushes, as it does by default.
 */
internal class JnatsStoreClient(override val name: String, private val flushesRequests: Boolean = true) : StoreClient {
    override fun bucket(target: Target, keys: () -> String, value: ByteArray): BucketConnection =
        JnatsBucketConnection(connected(target), keys, value)

    override fun store(target: Target): StoreConnection = JnatsStoreConnection(connected(target))

    private fun connected(target: Target) = JnatsClient(flushesRequests).connection(target)
}

private class JnatsBucketConnection(private val nats: Connection, nextKey: () -> String, private val value: ByteArray) :
    BlockingBucketConnection(nextKey) {
    private val bucket = nats.keyValue(BenchBucket.NAME)

    override fun put(key: String) {
        bucket.put(key, value)
    }

    override fun has(key: String): Boolean = bucket.get(key) != null

    override fun keys(): Int = bucket.keys().size

    override fun disconnect() = nats.close()
}

private class JnatsStoreConnection(private val nats: Connection) : StoreConnection {
    private val store = nats.objectStore(BenchStore.NAME)

    override fun put(bytes: InputStream) {
        store.put(BenchStore.OBJECT, bytes)
    }

    override fun get(): Long = CountingOutput().also { store.get(BenchStore.OBJECT, it) }.bytes

    override fun close() = nats.close()
}
