package dev.midge.nats.testing

import dev.midge.nats.testing.internal.process.awaitFormed

/**
 * Several [NatsServerProcess]es that form one cluster on loopback.
 *
 * Every node has explicit routes to the nodes before it, so that any node can be killed and restarted in any order and finds the others again.
 *
 * @property nodes the servers, in the order of their start.
 */
public class NatsCluster private constructor(public val nodes: List<NatsServerProcess>) : AutoCloseable {
    /** The nodes' client URLs, in the order of [nodes]. */
    public val urls: List<String> get() = nodes.map { it.url }

    /** Waits until every node that is alive has all its routes to every other one, and with JetStream until it reports itself healthy. */
    public fun awaitFormed(): Unit = awaitFormed(nodes)

    /** Closes every node. */
    override fun close(): Unit = nodes.forEach { it.close() }

    /** Starts clusters. */
    public companion object {
        /** The number of nodes that can lose one and keep a majority. */
        private const val DEFAULT_NODES = 3

        /**
         * For the first node, which knows nobody yet: JetStream refuses to start in a cluster without routes. Nothing listens on port 1,
         * and the others come to the first node by themselves.
         */
        private const val ROUTE_TO_NOBODY = "nats://${NatsServerProcess.HOST}:1"

        /**
         * Starts a cluster and returns when it is formed.
         *
         * @param nodes how many servers.
         * @param options what each of them is started with; its port must be 0.
         * @throws NatsServerStartException if a node does not come up or the cluster does not form in time.
         */
        @JvmStatic
        @JvmOverloads
        public fun start(
            nodes: Int = DEFAULT_NODES,
            options: NatsServerProcessOptions = NatsServerProcessOptions.builder().build(),
        ): NatsCluster {
            require(nodes >= 1) { "nodes is $nodes, but a cluster has at least one." }
            require(options.port == 0) { "port is ${options.port}, but the nodes of a cluster cannot share one: leave it 0." }
            val started = mutableListOf<NatsServerProcess>()
            try {
                repeat(nodes) { index -> started += NatsServerProcess.start(options, clusterArguments(index, started)) }
                awaitFormed(started)
            } catch (e: Throwable) {
                started.forEach { it.close() }
                throw e
            }
            return NatsCluster(started.toList())
        }

        /** Starts a cluster of [nodes] with the options that [configure] sets; as [start]. */
        @JvmSynthetic
        public fun start(nodes: Int = DEFAULT_NODES, configure: NatsServerProcessOptions.Builder.() -> Unit): NatsCluster =
            start(nodes, NatsServerProcessOptions.builder().apply(configure).build())

        private fun clusterArguments(index: Int, earlier: List<NatsServerProcess>): List<String> = buildList {
            // JetStream's replicas are placed by server name.
            addAll(listOf("--name", "node-${index + 1}", "--cluster_name", "midge-test"))
            addAll(listOf("--cluster", NatsServerProcess.RANDOM_CLUSTER_URL))
            val routes = earlier.map { "nats://${NatsServerProcess.HOST}:${it.ports.cluster}" }.ifEmpty { listOf(ROUTE_TO_NOBODY) }
            addAll(listOf("--routes", routes.joinToString(",")))
        }
    }
}
