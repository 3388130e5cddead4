package dev.midge.nats

import dev.midge.nats.internal.connection.ServerAddress

/**
 * A group of servers that holds its share of the subjects: one server or one cluster.
 *
 * @property options how it is reached.
 * @property name by which subjects are mapped to it (see [ShardMapping]), and which has to stay when its servers move. By default it is the list
 *   of their URLs, with ports and without credentials, joined by commas: a group of which these may change needs a name of its own.
 */
public class ShardGroup @JvmOverloads constructor(
    @get:JvmName("options") public val options: NatsOptions,
    @get:JvmName("name") public val name: String = nameOf(options.servers),
) {
    /**
     * The group of [servers] (`nats://host:port[,host:port]`), with the options set by [configure].
     *
     * @throws IllegalArgumentException if a server or an option is not valid.
     */
    public constructor(
        servers: String,
        name: String = nameOf(ServerAddress.parseList(servers)),
        configure: NatsOptions.Builder.() -> Unit = {},
    ) : this(NatsOptions(servers, configure), name)

    override fun toString(): String = "ShardGroup($name)"

    private companion object {
        fun nameOf(servers: List<ServerAddress>): String = servers.joinToString(",") { it.url }
    }
}

/**
 * One of [NatsShards]: the operations on the subjects of one group of servers.
 *
 * @property name the group's name.
 * @property pool its connections, with their state, events and counters.
 */
public class NatsShard internal constructor(public val name: String, public val pool: NatsConnectionPool) : NatsOperations by pool {
    override fun toString(): String = "NatsShard($name)"
}
