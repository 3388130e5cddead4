package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.Target
import kotlinx.coroutines.Dispatchers

/** A client library with buckets and object stores under measurement. */
internal interface StoreClient {
    val name: String

    /** Connects to [target], for keys of [BenchBucket.NAME] that [keys] tells one by one, to any thread, with [value] as their values. */
    fun bucket(target: Target, keys: () -> String, value: ByteArray): BucketConnection

    /** Connects to [target], for [BenchStore.OBJECT] of the store [BenchStore.NAME]. */
    fun store(target: Target): StoreConnection
}

/** The clients that this program knows, by name. */
internal object StoreClients {
    private val all = listOf(
        MidgeStoreClient("midge"),
        MidgeStoreClient("midge-default", callers = Dispatchers.Default),
        MidgeJavaStoreClient(),
        JnatsStoreClient("jnats"),
        JnatsStoreClient("jnats-noflush", flushesRequests = false),
    ).associateBy { it.name }

    fun named(name: String): StoreClient = requireNotNull(all[name]) { "there is no client '$name'; the clients are ${all.keys}" }
}
