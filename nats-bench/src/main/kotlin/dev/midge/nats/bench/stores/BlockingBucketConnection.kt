package dev.midge.nats.bench.stores

import dev.midge.nats.bench.client.RequestThreads

/** One by blocking calls: what is done at once is done by threads, virtual ones if the JVM has such. */
internal abstract class BlockingBucketConnection(private val nextKey: () -> String) : BucketConnection {
    private val threads = RequestThreads(virtual = true)

    protected abstract fun put(key: String)

    /** Gets the value of [key]. */
    protected abstract fun has(key: String): Boolean

    protected abstract fun disconnect()

    override fun oneByOne(operation: KeyOperation, count: Int, took: (Long) -> Unit) = repeat(count) {
        val key = nextKey()
        val start = System.nanoTime()
        call(operation, key)
        took(System.nanoTime() - start)
    }

    override fun concurrently(operation: KeyOperation, count: Int, inFlight: Int) =
        threads.run(count, inFlight) { call(operation, nextKey()) }

    private fun call(operation: KeyOperation, key: String) = when (operation) {
        KeyOperation.Put -> put(key)
        KeyOperation.Get -> check(has(key)) { "'$key' has no value" }
    }

    override fun close() {
        threads.close()
        disconnect()
    }
}
