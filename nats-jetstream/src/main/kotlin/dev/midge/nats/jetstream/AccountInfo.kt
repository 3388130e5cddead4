package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.int
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.numberOrNull
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.textOrNull
import kotlinx.serialization.json.JsonObject

/** What an account uses of JetStream and may use, at one moment. Immutable; [toString] shows all that the server said. */
public class AccountInfo internal constructor(json: JsonObject) : JsonValue(json) {
    /** What is used and allowed, all replicas together. With [tiers] the limits are in these. */
    @get:JvmName("total")
    public val total: Tier = Tier(json)

    /** The same by number of replicas, such as `R1` and `R3`, if the account is limited so. */
    @get:JvmName("tiers")
    public val tiers: Map<String, Tier>
        get() = json.obj("tiers").keys.associateWith { Tier(json.obj("tiers").obj(it)) }

    /** The JetStream domain, or `null`. */
    @get:JvmName("domain")
    public val domain: String?
        get() = json.textOrNull("domain")

    /** The level of the API, which grows with what the servers can do; 0 before nats-server 2.11 (ADR-44). */
    @get:JvmName("apiLevel")
    public val apiLevel: Int
        get() = json.obj("api").int("level")

    /** How many requests to the API there were. */
    @get:JvmName("apiRequests")
    public val apiRequests: Long
        get() = json.obj("api").number("total")

    /** How many of them failed. */
    @get:JvmName("apiErrors")
    public val apiErrors: Long
        get() = json.obj("api").number("errors")

    /** What is used and allowed of one kind. Limits are -1 if there is none. */
    public class Tier internal constructor(json: JsonObject) : JsonValue(json) {
        private val limits = json.obj("limits")

        /** Bytes in memory. */
        @get:JvmName("memory")
        public val memory: Long
            get() = json.number("memory")

        /** Bytes in files. */
        @get:JvmName("storage")
        public val storage: Long
            get() = json.number("storage")

        /** Streams. */
        @get:JvmName("streams")
        public val streams: Int
            get() = json.int("streams")

        /** Consumers. */
        @get:JvmName("consumers")
        public val consumers: Int
            get() = json.int("consumers")

        /** The most bytes in memory. */
        @get:JvmName("maxMemory")
        public val maxMemory: Long
            get() = limit("max_memory")

        /** The most bytes in files. */
        @get:JvmName("maxStorage")
        public val maxStorage: Long
            get() = limit("max_storage")

        /** The most streams. */
        @get:JvmName("maxStreams")
        public val maxStreams: Long
            get() = limit("max_streams")

        /** The most consumers. */
        @get:JvmName("maxConsumers")
        public val maxConsumers: Long
            get() = limit("max_consumers")

        /** Whether each stream has to say its [StreamConfig.maxBytes]. */
        @get:JvmName("maxBytesRequired")
        public val maxBytesRequired: Boolean
            get() = limits.flag("max_bytes_required")

        private fun limit(key: String): Long = limits.numberOrNull(key) ?: -1
    }
}
