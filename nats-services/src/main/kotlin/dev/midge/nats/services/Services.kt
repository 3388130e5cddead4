package dev.midge.nats.services

import dev.midge.nats.NatsOperations
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.Subject
import dev.midge.nats.services.internal.Names
import dev.midge.nats.services.internal.log
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Finds services (ADR-32), this client's and those of others.
 *
 * A handle without a life: it asks nothing until it is used. Each function returns a cold Flow: each collector asks anew, and gets the answers
 * as they come, until the time is over; nobody there is an empty Flow, at once. With an id there is one answer, and the Flow ends with it. What
 * is no answer of a service is logged and left out. All members may be called from any thread.
 */
public class Services internal constructor(
    private val nats: NatsOperations,
    /** What the subjects begin with by which services are found. */
    @get:JvmName("apiPrefix") public val apiPrefix: String,
) {
    /**
     * The instances that there are: all, those of the service [name], or the one with [id].
     *
     * @param within how long to wait for answers.
     * @throws IllegalArgumentException if there is an id without a name.
     */
    public fun ping(name: String? = null, id: String? = null, within: Duration = DEFAULT_WITHIN): Flow<ServicePing> =
        ask("PING", name, id, within).mapNotNull { answer("ping", it, ::ServicePing) }

    /** As [ping], with what they do. */
    public fun info(name: String? = null, id: String? = null, within: Duration = DEFAULT_WITHIN): Flow<ServiceInfo> =
        ask("INFO", name, id, within).mapNotNull { answer("info", it, ::ServiceInfo) }

    /** As [ping], with what they have done. */
    public fun stats(name: String? = null, id: String? = null, within: Duration = DEFAULT_WITHIN): Flow<ServiceStats> =
        ask("STATS", name, id, within).mapNotNull { answer("stats", it, ::ServiceStats) }

    private fun ask(verb: String, name: String?, id: String?, within: Duration): Flow<String> {
        require(id == null || name != null) { "an id alone finds no service: name the service too" }
        val tokens = listOfNotNull(verb, name?.let { Names.check("service", it) }, id)
        val limits = RequestManyLimits {
            total = within
            if (id != null) maxMessages = 1
        }
        return nats.requestMany(Subject(tokens.joinToString(".", "$apiPrefix.")), limits = limits)
            .catch { if (it !is NoRespondersException) throw it }
            .mapNotNull { it.text() }
    }

    private fun <A> answer(kind: String, text: String, read: (JsonObject) -> A): A? {
        val json = try {
            Json.parseToJsonElement(text) as? JsonObject
        } catch (_: SerializationException) {
            null
        }
        if (json != null && "name" in json && "id" in json) return read(json)
        log.warn("what answered a {} of services is none: '{}'", kind, text.take(SHOWN))
        return null
    }

    override fun toString(): String = "Services($apiPrefix)"

    internal companion object {
        const val API_PREFIX = "\$SRV"
        const val SHOWN = 100

        /** Instances answer at once; the time is that of the slowest way. */
        val DEFAULT_WITHIN = 2.seconds
    }
}

/** Finds services by this client; [apiPrefix] is for those that are found by other subjects than usual. */
public fun NatsOperations.services(apiPrefix: String = "\$SRV"): Services = Services(this, apiPrefix)
