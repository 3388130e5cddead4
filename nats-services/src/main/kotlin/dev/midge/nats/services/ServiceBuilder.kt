package dev.midge.nats.services

import dev.midge.nats.NatsOperations
import dev.midge.nats.services.internal.Names
import dev.midge.nats.services.internal.QueueGroup
import dev.midge.nats.services.internal.ServiceFacts

/** Collects what a service is to be: what it says of itself, and its [Endpoints]. Not safe to share between threads. */
public class ServiceBuilder internal constructor(nats: NatsOperations, name: String, version: String) :
    Endpoints(nats, "", { QueueGroup.Default }, ArrayList()) {
    private val name = Names.check("service", name)
    private val version = Names.checkVersion(version)

    /** What the service is for. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String = ""

    /** What the service has for those who know the names. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String> = emptyMap()

    /** What the subjects begin with by which services are found. Default `$SRV`, where other clients look for them. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var apiPrefix: String = Services.API_PREFIX

    /** Sets what the service is for. */
    public fun description(description: String): ServiceBuilder = apply { this.description = description }

    /** Sets what the service has for those who know the names. */
    public fun metadata(metadata: Map<String, String>): ServiceBuilder = apply { this.metadata = metadata }

    /** Sets what the subjects begin with by which services are found. */
    public fun apiPrefix(apiPrefix: String): ServiceBuilder = apply { this.apiPrefix = apiPrefix }

    internal fun facts(): ServiceFacts {
        // An inbox is one of a kind; so is its last token, which is all that an id has to be.
        val id = nats.newInbox().value.substringAfterLast('.')
        return ServiceFacts(name, version, id, description, metadata.toMap(), apiPrefix)
    }
}
