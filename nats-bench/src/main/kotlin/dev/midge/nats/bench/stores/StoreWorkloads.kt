package dev.midge.nats.bench.stores

import dev.midge.nats.bench.alone.Figure
import dev.midge.nats.bench.alone.Latencies
import dev.midge.nats.bench.alone.Workload
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.client.Target

/** Connects [client] to [target] for [scenario], with a bucket or a store of its own. */
internal fun storeWorkload(scenario: StoreScenario, client: StoreClient, target: Target, sizes: StoreSizes): Workload = when (scenario) {
    StoreScenario.KvPutOne -> keyCalls(client, target, sizes) { bucket, connection -> OneByOne(bucket, connection, KeyOperation.Put) }

    StoreScenario.KvGetOne -> keyCalls(client, target, sizes) { bucket, connection -> OneByOne(bucket, connection, KeyOperation.Get) }

    StoreScenario.KvPut256 -> keyCalls(client, target, sizes) { bucket, connection ->
        Concurrent(bucket, connection, KeyOperation.Put, scenario.inFlight)
    }

    StoreScenario.KvGet256 -> keyCalls(client, target, sizes) { bucket, connection ->
        Concurrent(bucket, connection, KeyOperation.Get, scenario.inFlight)
    }

    StoreScenario.KvKeys -> keyCalls(client, target, sizes, ::Listing)

    StoreScenario.ObjectPut -> ObjectPutting(BenchStore(target, sizes.chunks), client.store(target))

    StoreScenario.ObjectGet -> ObjectGetting(BenchStore(target, sizes.chunks), client.store(target))

    StoreScenario.PlainPublish -> PlainPublishing(BenchClients.named(client.name).connect(target), sizes.chunks)

    StoreScenario.PlainReceive -> PlainReceiving(BenchStore(target, sizes.chunks), BenchClients.named(client.name).connect(target))
}

/**
 * How large what is measured is.
 *
 * @property value the bytes of a key's value.
 * @property keys how many keys the bucket has.
 * @property chunks how many chunks the object has.
 */
internal class StoreSizes(val value: Int, val keys: Int, val chunks: Int)

private fun keyCalls(
    client: StoreClient,
    target: Target,
    sizes: StoreSizes,
    workload: (BenchBucket, BucketConnection) -> Workload,
): Workload {
    val value = ByteArray(sizes.value) { 'x'.code.toByte() }
    val bucket = BenchBucket(target, sizes.keys, value)
    return workload(bucket, client.bucket(target, bucket::nextKey, value))
}

private class OneByOne(private val bucket: BenchBucket, private val connection: BucketConnection, private val operation: KeyOperation) :
    Workload {
    private val times = Latencies()

    override fun prepare(messages: Int) = times.reset()

    override fun run(messages: Int): Int {
        connection.oneByOne(operation, messages, times::record)
        return messages
    }

    override fun figures(): Map<Figure, Double> = times.figures()

    override fun close() = bucket.use { connection.close() }
}

private class Concurrent(
    private val bucket: BenchBucket,
    private val connection: BucketConnection,
    private val operation: KeyOperation,
    private val inFlight: Int,
) : Workload {
    override fun run(messages: Int): Int {
        connection.concurrently(operation, messages, inFlight)
        return messages
    }

    override fun close() = bucket.use { connection.close() }
}

/** Whole lists of all keys. */
private class Listing(private val bucket: BenchBucket, private val connection: BucketConnection) : Workload {
    override fun run(messages: Int): Int = repeatWhole(messages, bucket.size) {
        val listed = connection.keys()
        check(listed == bucket.size) { "$listed of ${bucket.size} keys were listed" }
    }

    override fun close() = bucket.use { connection.close() }
}

/** Calls [block], which does the work of [whole] messages, as often as [messages] need; returns how many they were. */
internal inline fun repeatWhole(messages: Int, whole: Int, block: () -> Unit): Int {
    val times = (messages + whole - 1) / whole
    repeat(times) { block() }
    return times * whole
}
