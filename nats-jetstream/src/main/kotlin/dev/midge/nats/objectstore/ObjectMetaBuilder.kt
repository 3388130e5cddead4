package dev.midge.nats.objectstore

import dev.midge.nats.Headers
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.objectstore.internal.ObjectJson
import kotlinx.serialization.json.JsonObject

/** Collects the changes of [ObjectStore.updateMeta]: what is not set stays. Not safe to share between threads. */
@NatsOptionsDsl
public class ObjectMetaBuilder internal constructor(from: JsonObject) {
    private val fields = Fields(from)

    /** See [ObjectInfo.name]; another one renames the object. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var name: String by fields.text("name")

    /** See [ObjectInfo.description]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var description: String? by fields.textOrNull("description")

    /** See [ObjectInfo.headers]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var headers: Headers by ObjectJson.headers(fields)

    /** See [ObjectInfo.metadata]. */
    @get:JvmSynthetic @set:JvmSynthetic
    public var metadata: Map<String, String> by fields.textMap("metadata")

    /** Sets [ObjectInfo.name], and so renames the object. */
    public fun name(name: String): ObjectMetaBuilder = apply { this.name = name }

    /** Sets [ObjectInfo.description]. */
    public fun description(description: String?): ObjectMetaBuilder = apply { this.description = description }

    /** Sets [ObjectInfo.headers]. */
    public fun headers(headers: Headers): ObjectMetaBuilder = apply { this.headers = headers }

    /** Sets [ObjectInfo.metadata]. */
    public fun metadata(metadata: Map<String, String>): ObjectMetaBuilder = apply { this.metadata = metadata }

    internal fun json(): JsonObject = fields.json()
}
