package dev.midge.nats.pool

import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsOptions
import dev.midge.nats.PoolSelection
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import dev.midge.nats.internal.protocol.SubjectHash
import dev.midge.nats.promises.PromiseScope
import dev.midge.nats.testing.EmbeddedNatsServer
import kotlin.time.Duration.Companion.milliseconds

/** Tries again at once. */
val soon = ReconnectOptions {
    wait = 5.milliseconds
    jitter = 0.milliseconds
}

fun PromiseScope.embedded(): EmbeddedNatsServer = closing(EmbeddedNatsServer.start())

/** A pool with one connection to each of [urls], which lead to the same server. */
fun PromiseScope.pool(
    vararg urls: String,
    selection: PoolSelection = PoolSelection.BySubject,
    configure: NatsOptions.Builder.() -> Unit = { reconnect = soon },
): NatsConnectionPool = NatsConnectionPool(NatsOptions(urls.first(), configure), urls.map { connection(it, configure) }, selection)

/** A subject that belongs to the connection of this [index] among [size]. */
fun subjectOf(index: Int, size: Int, prefix: String = "subject"): Subject =
    generateSequence(0) { it + 1 }.map { Subject("$prefix.$it") }.first { SubjectHash.bucket(it.hash, size) == index }

fun bytes(value: Any): ByteArray = value.toString().encodeToByteArray()
