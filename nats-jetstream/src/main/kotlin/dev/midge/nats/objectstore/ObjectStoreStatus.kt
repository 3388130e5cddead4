package dev.midge.nats.objectstore

import dev.midge.nats.jetstream.JsonValue
import dev.midge.nats.jetstream.StreamInfo
import java.time.Instant

/** An object store as its server describes it, at one moment. Immutable; [toString] shows all that the server said of its stream. */
public class ObjectStoreStatus internal constructor(
    /** The stream that keeps it, with all that is known of that. */
    @get:JvmName("stream") public val stream: StreamInfo,
) : JsonValue(stream.json) {
    /** Its configuration. */
    @get:JvmName("config")
    public val config: ObjectStoreConfig = ObjectStoreConfig(stream.config)

    /** Its name. */
    @get:JvmName("bucket")
    public val bucket: String
        get() = config.bucket

    /** How many bytes it takes in the store, metadata included. */
    @get:JvmName("bytes")
    public val bytes: Long
        get() = stream.state.bytes

    /** Whether it can never be changed again. */
    @get:JvmName("isSealed")
    public val isSealed: Boolean
        get() = stream.config.sealed

    /** When it was made. */
    @get:JvmName("created")
    public val created: Instant
        get() = stream.created
}
