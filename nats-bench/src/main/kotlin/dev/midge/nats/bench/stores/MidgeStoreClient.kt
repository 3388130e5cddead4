package dev.midge.nats.bench.stores

import dev.midge.nats.NatsConnection
import dev.midge.nats.bench.client.Target
import dev.midge.nats.bench.client.midgeConnection
import dev.midge.nats.bench.client.shareOf
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.kv.keyValue
import dev.midge.nats.objectstore.objectStore
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.InputStream
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Midge as a Kotlin program would use it.
 *
 * @param callers where concurrent calls run; by default on the event loop of the calling thread.
 */
internal class MidgeStoreClient(override val name: String, private val callers: CoroutineContext = EmptyCoroutineContext) : StoreClient {
    override fun bucket(target: Target, keys: () -> String, value: ByteArray): BucketConnection =
        MidgeBucketConnection(connected(target), keys, value, callers)

    override fun store(target: Target): StoreConnection = MidgeStoreConnection(connected(target))

    private fun connected(target: Target) = midgeConnection(target).also { runBlocking { it.connect() } }
}

private class MidgeBucketConnection(
    private val nats: NatsConnection,
    private val nextKey: () -> String,
    private val value: ByteArray,
    private val callers: CoroutineContext,
) : BucketConnection {
    private val bucket = nats.jetStream().keyValue(BenchBucket.NAME)

    override fun oneByOne(operation: KeyOperation, count: Int, took: (Long) -> Unit) = runBlocking {
        repeat(count) {
            val key = nextKey()
            val start = System.nanoTime()
            call(operation, key)
            took(System.nanoTime() - start)
        }
    }

    override fun concurrently(operation: KeyOperation, count: Int, inFlight: Int) = runBlocking(callers) {
        repeat(inFlight) { worker ->
            launch { repeat(shareOf(worker, inFlight, count)) { call(operation, nextKey()) } }
        }
    }

    private suspend fun call(operation: KeyOperation, key: String) {
        when (operation) {
            KeyOperation.Put -> bucket.put(key, value)
            KeyOperation.Get -> checkNotNull(bucket.get(key)) { "'$key' has no value" }
        }
    }

    override fun keys(): Int = runBlocking { bucket.keys().count() }

    override fun close() = runBlocking { nats.close() }
}

private class MidgeStoreConnection(private val nats: NatsConnection) : StoreConnection {
    private val store = nats.jetStream().objectStore(BenchStore.NAME)

    override fun put(bytes: InputStream) {
        runBlocking { store.put(BenchStore.OBJECT, bytes) }
    }

    override fun get(): Long = runBlocking {
        var bytes = 0L
        store.get(BenchStore.OBJECT).chunks().collect { bytes += it.size }
        bytes
    }

    override fun close() = runBlocking { nats.close() }
}
