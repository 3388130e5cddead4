package dev.midge.nats.internal.shards

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsShard
import dev.midge.nats.ShardMapping
import dev.midge.nats.Subject
import dev.midge.nats.internal.pool.ConnectionRoute

/** Each subject goes to its shard, and there by the connection that the shard's pool chooses. */
internal class ShardRoute(private val shards: List<NatsShard>, private val mapping: ShardMapping) : ConnectionRoute {
    override fun connection(): NatsConnection? = null

    override fun connection(subject: Subject): NatsConnection = within(subject).connection(subject)

    override fun part(subject: Subject): Any = within(subject).part(subject)

    override fun alternatives(subject: Subject): List<NatsConnection> = within(subject).alternatives(subject)

    private fun within(subject: Subject): ConnectionRoute = shard(subject).pool.selector

    /** @throws dev.midge.nats.InvalidSubjectException if [subject] holds a wildcard. */
    fun shard(subject: Subject): NatsShard = shards[mapping.indexOf(subject)]
}
