package dev.midge.nats.compat

import dev.midge.nats.NatsConnection
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.services.EndpointOptions
import dev.midge.nats.services.Endpoints
import dev.midge.nats.services.Service
import dev.midge.nats.services.ServiceBuilder
import dev.midge.nats.services.service
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** The endpoint of this name answers with an error. */
private const val FAULTY = "faulty"

/** Services, one at a time: it serves from one command to the next. */
internal class ServiceSuite(private val nats: NatsConnection) : Suite {
    private val turn = Mutex()

    /** Guarded by [turn]. */
    private var running: Service? = null

    override fun action(test: String, step: String): Action? = when {
        test != "core" -> null
        step == "destroy" -> ({ stop() })
        else -> ::start
    }

    private suspend fun start(command: Command): ByteArray = turn.withLock {
        check(running == null) { "$running has not been destroyed" }
        val config = command.config<ServiceConfig>()
        running = nats.service(config.name, config.version) { addAll(config) }
        Done
    }

    private suspend fun stop(): ByteArray = turn.withLock {
        val service = checkNotNull(running) { "no service has been started" }
        running = null
        service.stop()
        Done
    }
}

private fun ServiceBuilder.addAll(config: ServiceConfig) {
    description = config.description
    metadata = config.metadata
    if (config.queueGroup.isNotEmpty()) queueGroup(config.queueGroup)
    val groups = config.groups.associateBy { it.name }
    for (endpoint in config.endpoints) {
        if (endpoint.group.isEmpty()) {
            add(endpoint)
        } else {
            val group =
                requireNotNull(groups[endpoint.group]) { "'${endpoint.name}' belongs to no group '${endpoint.group}' that there is" }
            // Once for each endpoint, so that the order of all is that of the command.
            group(group.name) {
                if (group.queueGroup.isNotEmpty()) queueGroup(group.queueGroup)
                add(endpoint)
            }
        }
    }
}

private fun Endpoints.add(config: EndpointConfig) {
    val options = EndpointOptions {
        subject = config.subject.ifEmpty { null }
        metadata = config.metadata
        if (config.queueGroup.isNotEmpty()) queueGroup(config.queueGroup)
        statsData = { buildJsonObject { put("endpoint", config.name) }.toString() }
    }
    endpoint(config.name, options) { request ->
        if (config.name == FAULTY) throw ServiceErrorException(500, "handler error")
        request.payload
    }
}
