package dev.midge.nats.bench.jetstream

import dev.midge.nats.bench.client.Target
import kotlinx.coroutines.Dispatchers

/** A client library with JetStream under measurement. */
internal interface JetStreamClient {
    val name: String

    /** Connects to [target], for publishing with [window] messages unacknowledged. */
    fun connect(target: Target, window: Int): JetStreamConnection
}

/** The clients that this program knows, by name. */
internal object JetStreamClients {
    private val all = listOf(
        MidgeJetStreamClient("midge"),
        MidgeJetStreamClient("midge-default", publishers = Dispatchers.Default),
        MidgeJetStreamClient("midge-handler", handles = true),
        MidgeJavaJetStreamClient(),
        JnatsJetStreamClient("jnats"),
        JnatsJetStreamClient("jnats-noflush", flushesRequests = false),
        JnatsJetStreamClient("jnats-rounds", rounds = true),
    ).associateBy { it.name }

    fun named(name: String): JetStreamClient = requireNotNull(all[name]) { "there is no client '$name'; the clients are ${all.keys}" }
}
