package dev.midge.nats

/**
 * What happens on one connection of a shard.
 *
 * @property shard the one of [NatsShards.shards] that it belongs to.
 * @property connection the one of its connections that it happens on; subscription ids of [event] are its own.
 * @property event what happens.
 */
public data class ShardEvent(public val shard: NatsShard, public val connection: NatsConnection, public val event: NatsEvent)
