package dev.midge.nats.jetstream.internal.streams

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Subject
import dev.midge.nats.isAtLeast
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamConfigBuilder
import dev.midge.nats.jetstream.StreamExistsException
import dev.midge.nats.jetstream.StreamInfo
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.EchoCheck
import dev.midge.nats.jetstream.internal.api.Paging
import dev.midge.nats.jetstream.internal.api.StreamRules
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.texts
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** The streams of an account: makes, changes and lists them. */
internal class StreamCatalog(private val channel: ApiChannel) {
    suspend fun create(config: StreamConfig): StreamInfo = write("CREATE", config)

    suspend fun update(config: StreamConfig): StreamInfo = write("UPDATE", config)

    /** Changes what the server has, so that nothing is lost that others have set. */
    suspend fun update(name: String, changes: StreamConfigBuilder.() -> Unit): StreamInfo =
        update(info(name).config.toBuilder().apply(changes).build())

    /** Whoever makes it at the same time is told apart by the error, so two callers both succeed. */
    suspend fun createOrUpdate(name: String, settings: StreamConfigBuilder.() -> Unit): StreamInfo {
        try {
            return update(name, settings)
        } catch (_: StreamNotFoundException) {
            // It is made below.
        }
        return try {
            create(StreamConfig(name, settings))
        } catch (_: StreamExistsException) {
            update(name, settings)
        }
    }

    suspend fun info(name: String, body: JsonObject? = null): StreamInfo =
        StreamInfo(channel.request("STREAM", "INFO", name, body = body, target = ApiTarget(name)))

    fun list(subject: String?): Flow<StreamInfo> =
        Paging.pages(channel, "STREAM", "LIST", filter = filter(subject)) { it.objects("streams").map(::StreamInfo) }

    fun names(subject: String?): Flow<String> = Paging.pages(channel, "STREAM", "NAMES", filter = filter(subject)) { it.texts("streams") }

    private fun filter(subject: String?): Map<String, JsonElement> =
        subject?.let { mapOf("subject" to JsonPrimitive(Subject(it).value)) } ?: emptyMap()

    private suspend fun write(verb: String, config: StreamConfig): StreamInfo {
        refuseOldServers(config)
        val info = StreamInfo(channel.request("STREAM", verb, config.name, body = config.json, target = ApiTarget(config.name)))
        val echoed = info.json.obj("config")
        val missing = EchoCheck.missing(config.json, echoed) - StreamRules.adjusted(echoed)
        if (missing.isNotEmpty()) throw dropped(missing.joinToString(), config)
        return info
    }

    private fun dropped(fields: String, config: StreamConfig) = FeatureNotSupportedException(
        fields,
        StreamRules.features(config.json).maxByOrNull { it.level }?.version ?: OLDEST_WITH_ALL,
        "the server keeps the stream '${config.name}' without it",
    )

    @OptIn(InternalNatsApi::class)
    private suspend fun refuseOldServers(config: StreamConfig) {
        StreamRules.features(config.json).forEach { channel.levels.require(it) }
        val field = StreamRules.needs210(config.json) ?: return
        // Level 0 is said by 2.9 and 2.10; the version of the server in use tells them apart. Behind a domain there are other servers: what those
        // leave out is seen afterwards.
        if (channel.levels.level() > 0 || channel.options.domain != null) return
        val server = channel.seam.server ?: return
        if (server.isAtLeast(2, 10)) return
        throw FeatureNotSupportedException(field, OLDEST_WITH_ALL, "the server has ${server.version}")
    }

    private companion object {
        const val OLDEST_WITH_ALL = "2.10"
    }
}
