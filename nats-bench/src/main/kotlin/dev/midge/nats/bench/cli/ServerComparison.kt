package dev.midge.nats.bench.cli

import dev.midge.nats.bench.alone.Block
import dev.midge.nats.bench.alone.ClientComparison
import dev.midge.nats.bench.alone.ClientResult
import dev.midge.nats.bench.alone.Contestant
import dev.midge.nats.bench.alone.javaCommand
import dev.midge.nats.bench.alone.processArguments
import dev.midge.nats.testing.NatsServerProcess

/**
 * Measures clients, each alone, against one real server.
 *
 * @param command the command of this program that measures one client.
 */
internal class ServerComparison(
    private val command: String,
    private val server: NatsServerProcess,
    private val options: AloneOptions,
    private val progress: (String) -> Unit,
) {
    /** The clients of those names with [scenario] and [size]; their processes are told [more] too. */
    fun block(scenario: String, size: Int, clients: List<String>, more: List<String> = emptyList()): Block =
        Block(scenario, size, clients.flatMap(options::contestants)) { process(scenario, size, it) + more }

    fun run(blocks: List<Block>): List<ClientResult> =
        ClientComparison(options.rounds, progress).run(blocks.filter { it.contestants.isNotEmpty() })

    private fun process(scenario: String, size: Int, contestant: Contestant): List<String> {
        val arguments = processArguments(contestant, scenario, size, server.url, server.pid, options.worker)
        val jdk = checkNotNull(contestant.jdk) { "${contestant.name} is no Java program" }
        return javaCommand(jdk, options.javaOptions, contestant.build, listOf(command) + arguments)
    }
}
