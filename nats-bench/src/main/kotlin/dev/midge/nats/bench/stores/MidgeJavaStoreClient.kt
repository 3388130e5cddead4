package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.midgeConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.java.jetstream.JetStream
import dev.midge.nats.java.kv.KeyValues
import dev.midge.nats.java.objectstore.ObjectStores
import java.io.InputStream

/** Midge as a Java program would use it: blocking calls, by threads where they are to be concurrent. */
internal class MidgeJavaStoreClient : StoreClient {
    override val name = "midge-java"

    override fun bucket(target: Target, keys: () -> String, value: ByteArray): BucketConnection =
        MidgeJavaBucketConnection(connected(target), keys, value)

    override fun store(target: Target): StoreConnection = MidgeJavaStoreConnection(connected(target))

    private fun connected(target: Target): NatsClient = NatsClient.of(midgeConnection(target)).also { it.connect() }
}

private class MidgeJavaBucketConnection(private val nats: NatsClient, nextKey: () -> String, private val value: ByteArray) :
    BlockingBucketConnection(nextKey) {
    private val bucket = KeyValues.of(JetStream.of(nats)).keyValue(BenchBucket.NAME)

    override fun put(key: String) {
        bucket.put(key, value)
    }

    override fun has(key: String): Boolean = bucket.get(key).isPresent

    override fun keys(): Int = bucket.keys().use { it.mapToInt { 1 }.sum() }

    override fun disconnect() = nats.close()
}

private class MidgeJavaStoreConnection(private val nats: NatsClient) : StoreConnection {
    private val store = ObjectStores.of(JetStream.of(nats)).objectStore(BenchStore.NAME)

    override fun put(bytes: InputStream) {
        store.put(BenchStore.OBJECT, bytes)
    }

    override fun get(): Long = store.get(BenchStore.OBJECT).inputStream().use { it.transferTo(CountingOutput()) }

    override fun close() = nats.close()
}
