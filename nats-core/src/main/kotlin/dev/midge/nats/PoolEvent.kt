package dev.midge.nats

/**
 * What happens on one connection of a [NatsConnectionPool].
 *
 * @property connection the one of [NatsConnectionPool.connections] that it happens on; subscription ids of [event] are its own.
 * @property event what happens.
 */
public data class PoolEvent(public val connection: NatsConnection, public val event: NatsEvent)
