package dev.midge.nats.bench.client

import kotlinx.coroutines.Dispatchers

/** A client library under measurement. */
interface BenchClient {
    /** What `--client` and `--peers` call it. */
    val name: String

    /** Whether it can measure by TLS. */
    val speaksTls: Boolean
        get() = true

    /** Whether it can answer requests, and so be measured in them on both sides. */
    val answersRequests: Boolean
        get() = true

    /** Connects to [target] and returns once the server has answered. */
    fun connect(target: Target): BenchConnection
}

/** The clients that this program knows, by name. */
object BenchClients {
    private val all = listOf(
        MidgeClient("midge"),
        MidgeClient("midge-handler", receiving = Receiving.Handler),
        MidgeClient("midge-inline", receiving = Receiving.Inline),
        MidgeClient("midge-borrowed", receiving = Receiving.Borrowed),
        MidgeClient("midge-default", requesters = Dispatchers.Default),
        MidgeJavaClient("midge-java", Requesting.Virtual),
        MidgeJavaClient("midge-platform", Requesting.Platform),
        MidgeJavaClient("midge-futures", Requesting.Futures),
        JnatsClient(flushesRequests = true),
        JnatsClient(flushesRequests = false),
        JnatsThreadsClient("jnats-threads", virtual = true),
        JnatsThreadsClient("jnats-platform", virtual = false),
        RawClient(),
        KtorClient(),
        LettuceClient(),
    ).associateBy { it.name }

    val names: Set<String>
        get() = all.keys

    fun named(name: String): BenchClient = requireNotNull(all[name]) { "there is no client '$name'; the clients are $names" }
}
