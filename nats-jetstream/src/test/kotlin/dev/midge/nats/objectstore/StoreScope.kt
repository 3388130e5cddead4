package dev.midge.nats.objectstore

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.NatsStream
import dev.midge.nats.jetstream.fixtures.JetStreamScope
import dev.midge.nats.jetstream.fixtures.jetStreamTest
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import kotlinx.coroutines.flow.toList
import kotlin.random.Random

/** What a test has of a store that is its own. */
internal class StoreScope(scope: JetStreamScope, val store: ObjectStore) {
    val version: String = scope.version
    val url: String = scope.server.url
    val nats: NatsConnection = scope.nats
    val js: JetStream = scope.js
    val bucket: String = store.bucket
    val stream: NatsStream = js.stream("OBJ_$bucket")

    /** How many chunks there are, of whatever object. */
    suspend fun chunks(): Long = js.chunksOf(bucket)

    /** How many chunks the live objects have. */
    suspend fun namedChunks(): Long = store.list().toList().sumOf { it.chunks }

    /** Returns once nobody reads any more. */
    suspend fun awaitNoConsumer(): Unit = until { stream.consumerNames().toList().isEmpty() }

    /** Stores [payloads] as the chunks of [info], instead of those that are there. */
    suspend fun replaceChunks(info: ObjectInfo, payloads: List<ByteArray>) {
        stream.purge { subject("\$O.$bucket.C.${info.nuid}") }
        payloads.forEach { addChunk(info, it) }
    }

    suspend fun addChunk(info: ObjectInfo, payload: ByteArray) {
        js.publish("\$O.$bucket.C.${info.nuid}", payload)
    }
}

internal suspend fun JetStream.chunksOf(bucket: String): Long =
    stream("OBJ_$bucket").subjects("\$O.$bucket.C.>").toList().sumOf { it.messages }

/** A test with a store that no other test has, on the shared server of [version]. */
internal fun FunSpecRootScope.storeTest(
    name: String,
    version: String,
    configure: ObjectStoreConfigBuilder.() -> Unit = {},
    test: suspend StoreScope.() -> Unit,
) {
    jetStreamTest(name, version) { StoreScope(this, js.createObjectStore(this.name, configure)).test() }
}

internal fun someBytes(size: Int): ByteArray = Random(size).nextBytes(size)
