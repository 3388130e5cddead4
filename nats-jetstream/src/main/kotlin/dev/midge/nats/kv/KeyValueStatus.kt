package dev.midge.nats.kv

import dev.midge.nats.jetstream.JsonValue
import dev.midge.nats.jetstream.StreamInfo
import java.time.Instant

/** A bucket as its server describes it, at one moment. Immutable; [toString] shows all that the server said. */
public class KeyValueStatus internal constructor(
    /** The stream that the bucket is. */
    @get:JvmName("streamInfo") public val streamInfo: StreamInfo,
) : JsonValue(streamInfo.json) {
    /** Its configuration, with what the server has filled in. */
    @get:JvmName("config")
    public val config: KeyValueConfig = KeyValueConfig(streamInfo.config.json)

    /** Its name. */
    @get:JvmName("bucket")
    public val bucket: String
        get() = config.bucket

    /** How many values it holds: those of the history and the markers of deleted keys included. */
    @get:JvmName("values")
    public val values: Long
        get() = streamInfo.state.messages

    /** How many bytes they take in the store. */
    @get:JvmName("bytes")
    public val bytes: Long
        get() = streamInfo.state.bytes

    /** The revision of what was written last, to any key; 0 if nothing ever was. */
    @get:JvmName("lastRevision")
    public val lastRevision: Long
        get() = streamInfo.state.lastSequence

    /** When it was made. */
    @get:JvmName("created")
    public val created: Instant
        get() = streamInfo.created
}
