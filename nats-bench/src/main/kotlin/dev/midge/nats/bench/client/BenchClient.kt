package dev.midge.nats.bench.client

/** A client library under measurement. */
interface BenchClient {
    /** What `--client` and `--peers` call it. */
    val name: String

    /** Whether it can measure by TLS. */
    val speaksTls: Boolean
        get() = true

    /** Connects to [target] and returns once the server has answered. */
    fun connect(target: Target): BenchConnection
}

/** The clients that this program knows, by name. */
object BenchClients {
    private val all = listOf(
        MidgeClient(inline = false),
        MidgeClient(inline = true),
        MidgeJavaClient(),
        JnatsClient(flushesRequests = true),
        JnatsClient(flushesRequests = false),
        JnatsThreadsClient(),
        RawClient(),
    ).associateBy { it.name }

    val names: Set<String>
        get() = all.keys

    fun named(name: String): BenchClient = requireNotNull(all[name]) { "there is no client '$name'; the clients are $names" }
}
