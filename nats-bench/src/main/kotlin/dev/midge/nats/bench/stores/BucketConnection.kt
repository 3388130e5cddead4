package dev.midge.nats.bench.stores

import java.io.InputStream

/** What is done with one key. */
internal enum class KeyOperation { Put, Get }

/**
 * One connection of a client that uses a bucket as an application that wants speed would. Every function blocks the calling thread until its
 * work is done, and throws if a value was not stored or is not there.
 */
internal interface BucketConnection : AutoCloseable {
    /** Does [operation] with one key at a time, [count] times, and tells [took] how many nanoseconds each took. */
    fun oneByOne(operation: KeyOperation, count: Int, took: (Long) -> Unit)

    /** Does [operation] [count] times, with [inFlight] of them under way at any time. */
    fun concurrently(operation: KeyOperation, count: Int, inFlight: Int)

    /** How many keys the bucket lists. */
    fun keys(): Int
}

/** As [BucketConnection], of one that uses an object store. */
internal interface StoreConnection : AutoCloseable {
    /** Stores what [bytes] has. */
    fun put(bytes: InputStream)

    /** Reads the object to its end, and returns how many bytes it has. */
    fun get(): Long
}
