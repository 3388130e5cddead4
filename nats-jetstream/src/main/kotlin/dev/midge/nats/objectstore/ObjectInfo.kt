package dev.midge.nats.objectstore

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.JsonValue
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textMap
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.texts
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant

/** What a store says of an object: its metadata (ADR-20), as of one moment. Immutable; fields that this version does not know stay in it. */
public class ObjectInfo internal constructor(json: JsonObject, internal val sequence: Long) : JsonValue(json) {
    /** Its name, any text. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** What it is, or `null`. */
    @get:JvmName("description")
    public val description: String?
        get() = json.textOrNull("description")

    /** Headers of its own, which are no headers of messages. */
    @get:JvmName("headers")
    public val headers: Headers
        get() = json.obj("headers").let { map -> Headers.of(map.keys.associateWith(map::texts)) }

    /** Further names and values. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String>
        get() = json.textMap("metadata")

    /** The store it is in. */
    @get:JvmName("bucket")
    public val bucket: String
        get() = json.text("bucket")

    /** By what its chunks are known; another one each time that the object is put. */
    @get:JvmName("nuid")
    public val nuid: String
        get() = json.text("nuid")

    /** How many bytes it has. */
    @get:JvmName("size")
    public val size: Long
        get() = json.number("size")

    /** In how many messages they are. */
    @get:JvmName("chunks")
    public val chunks: Long
        get() = json.number("chunks")

    /** The most bytes of a chunk, or 0 if that is not said. */
    @get:JvmName("chunkSize")
    public val chunkSize: Int
        get() = json.obj("options").int("max_chunk_size")

    /** Of its bytes: `SHA-256=` and the digest in Base64; `null` if there is none, as for links. */
    @get:JvmName("digest")
    public val digest: String?
        get() = json.textOrNull("digest")

    /** Where it leads, if it is a link; else `null`. */
    @get:JvmName("link")
    public val link: ObjectLink?
        get() = json.obj("options").objectOrNull("link")?.let { ObjectLink(it.text("bucket"), it.textOrNull("name")) }

    /** Whether it was deleted: only its metadata is left. */
    @get:JvmName("isDeleted")
    public val isDeleted: Boolean
        get() = json.flag("deleted")

    /** When the metadata was stored, by the server's clock. In what a writing call returns, by that of this program. */
    @get:JvmName("modified")
    public val modified: Instant
        get() = json.time("mtime") ?: Instant.EPOCH

    /** What is stored: the time is that of the message. */
    internal val wire: JsonObject
        get() = JsonObject(json - "mtime")
}

/** Where a link leads: to the object called [name] in the store [bucket], or to the whole store if that is `null`. */
public class ObjectLink internal constructor(
    /** The store. */
    @get:JvmName("bucket") public val bucket: String,
    /** The object in it, or `null`. */
    @get:JvmName("name") public val name: String?,
) {
    override fun equals(other: Any?): Boolean = other is ObjectLink && bucket == other.bucket && name == other.name

    override fun hashCode(): Int = 31 * bucket.hashCode() + name.hashCode()

    override fun toString(): String = if (name == null) "ObjectLink($bucket)" else "ObjectLink($bucket, $name)"
}
