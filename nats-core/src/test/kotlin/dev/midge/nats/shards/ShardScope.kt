package dev.midge.nats.shards

import dev.midge.nats.NatsOptions
import dev.midge.nats.NatsShard
import dev.midge.nats.NatsShards
import dev.midge.nats.ShardGroup
import dev.midge.nats.Subject
import dev.midge.nats.pool.soon
import dev.midge.nats.promises.PromiseScope
import kotlinx.coroutines.runBlocking

private val names = listOf("east", "west", "north")

/** Shards called east, west and north at [urls], closed with the test. */
fun PromiseScope.shards(
    urls: List<String>,
    poolSize: Int = 1,
    configure: NatsOptions.Builder.() -> Unit = { reconnect = soon },
): NatsShards {
    val shards = NatsShards(urls.mapIndexed { index, url -> ShardGroup(url, names[index], configure) }, poolSize)
    closing(AutoCloseable { runBlocking { shards.close() } })
    return shards
}

/** A subject of this shard, another one for each [number]. */
fun NatsShards.subjectIn(shard: NatsShard, prefix: String = "subject", number: Int = 0): Subject =
    generateSequence(0) { it + 1 }.map { Subject("$prefix.$it") }.filter { shard(it) === shard }.elementAt(number)
