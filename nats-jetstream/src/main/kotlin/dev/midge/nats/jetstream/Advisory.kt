package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant

/**
 * What a server tells anybody who listens of its streams and consumers. Immutable; [toString] shows all that the server said. A later version
 * may have more of them: give a `when` over it an `else`. Until then they are [Other].
 */
public sealed class Advisory(json: JsonObject) : JsonValue(json) {
    /** What it is, as servers call it: `io.nats.jetstream.advisory.v1.max_deliver` and the like. */
    @get:JvmName("type")
    public val type: String
        get() = json.text("type")

    /** Tells it from all others. */
    @get:JvmName("id")
    public val id: String
        get() = json.text("id")

    /** When it happened, by the server's clock, or `null` if it does not say. */
    @get:JvmName("time")
    public val time: Instant?
        get() = json.time("timestamp")

    /** The JetStream domain, or `null`. */
    @get:JvmName("domain")
    public val domain: String?
        get() = json.textOrNull("domain")

    /** The stream, or `null` if it is about none. */
    @get:JvmName("stream")
    public val stream: String?
        get() = json.textOrNull("stream")

    /** The consumer, or `null` if it is about none. */
    @get:JvmName("consumer")
    public val consumer: String?
        get() = json.textOrNull("consumer")

    /** It is about one message of [stream], which [consumer] has delivered. */
    public sealed class OfMessage(json: JsonObject) : Advisory(json) {
        /** The message's sequence in the stream. */
        @get:JvmName("sequence")
        public val sequence: Long
            get() = json.number("stream_seq")

        /** How often it was delivered. */
        @get:JvmName("deliveries")
        public val deliveries: Long
            get() = json.number("deliveries")
    }

    /** A message was delivered as often as its consumer allows, and is not delivered any more. It stays in the stream. */
    public class MaxDeliveries internal constructor(json: JsonObject) : OfMessage(json)

    /** A message was refused, and is delivered again. */
    public class Refused internal constructor(json: JsonObject) : OfMessage(json)

    /**
     * A message was terminated: it is not delivered any more. It stays in a stream with limits; where the retention is by work queue or by
     * interest it is gone, as if it were acknowledged.
     */
    public class Terminated internal constructor(json: JsonObject) : OfMessage(json) {
        /** What was given as the reason, or `null`. */
        @get:JvmName("reason")
        public val reason: String?
            get() = json.textOrNull("reason")
    }

    /** [stream] was made, changed or deleted. */
    public class StreamChanged internal constructor(json: JsonObject, @get:JvmName("change") public val change: Change) : Advisory(json)

    /** [consumer] was made, changed or deleted. */
    public class ConsumerChanged internal constructor(json: JsonObject, @get:JvmName("change") public val change: Change) : Advisory(json)

    /** What was done to a stream or a consumer. */
    public enum class Change { CREATED, UPDATED, DELETED }

    /** [consumer] was paused, or goes on. */
    public class ConsumerPaused internal constructor(json: JsonObject) : Advisory(json) {
        /** Whether it is paused now. */
        @get:JvmName("isPaused")
        public val isPaused: Boolean
            get() = json.flag("paused")

        /** Until when it is, or `null`. */
        @get:JvmName("until")
        public val until: Instant?
            get() = json.time("pause_until")
    }

    /** A priority group of [consumer] has pinned a client. */
    public class ClientPinned internal constructor(json: JsonObject) : Advisory(json) {
        /** The group. */
        @get:JvmName("group")
        public val group: String
            get() = json.text("group")

        /** What the server calls the client. */
        @get:JvmName("clientId")
        public val clientId: String
            get() = json.text("pinned_id")
    }

    /** A priority group of [consumer] has pinned no client any more. */
    public class ClientUnpinned internal constructor(json: JsonObject) : Advisory(json) {
        /** The group. */
        @get:JvmName("group")
        public val group: String
            get() = json.text("group")

        /** Why: `admin` or `timeout`. */
        @get:JvmName("reason")
        public val reason: String
            get() = json.text("reason")
    }

    /** [stream] or [consumer] has a new leader, or the whole domain if both are `null`. */
    public class LeaderElected internal constructor(json: JsonObject) : Advisory(json) {
        /** The server that leads. */
        @get:JvmName("leader")
        public val leader: String
            get() = json.text("leader")

        /** All servers that keep it. */
        @get:JvmName("replicas")
        public val replicas: List<ClusterInfo.Replica>
            get() = json.objects("replicas").map(ClusterInfo::Replica)
    }

    /** [stream] or [consumer] has lost so many of its servers that nothing goes on. */
    public class QuorumLost internal constructor(json: JsonObject) : Advisory(json) {
        /** All servers that keep it. */
        @get:JvmName("replicas")
        public val replicas: List<ClusterInfo.Replica>
            get() = json.objects("replicas").map(ClusterInfo::Replica)
    }

    /** A backup of [stream] has begun. */
    public class BackupBegun internal constructor(json: JsonObject) : Advisory(json)

    /** A backup of [stream] has ended. */
    public class BackupEnded internal constructor(json: JsonObject) : Advisory(json)

    /** [stream] is being made of a backup. */
    public class RestoreBegun internal constructor(json: JsonObject) : Advisory(json)

    /** [stream] was made of a backup. */
    public class RestoreEnded internal constructor(json: JsonObject) : Advisory(json) {
        /** How many bytes the backup had. */
        @get:JvmName("bytes")
        public val bytes: Long
            get() = json.number("bytes")
    }

    /** [stream] has given up an atomic batch: nothing of it is stored. */
    public class BatchAbandoned internal constructor(json: JsonObject) : Advisory(json) {
        /** The batch's id. */
        @get:JvmName("batch")
        public val batch: String
            get() = json.text("batch")

        /** Why: `timeout`, `large`, `incomplete` or `unsupported`. */
        @get:JvmName("reason")
        public val reason: String
            get() = json.text("reason")
    }

    /** Somebody has asked the server for something, and this was the answer. */
    public class ApiAudit internal constructor(json: JsonObject) : Advisory(json) {
        /** The server that has answered. */
        @get:JvmName("server")
        public val server: String
            get() = json.text("server")

        /** The subject of the request. */
        @get:JvmName("subject")
        public val subject: String
            get() = json.text("subject")

        /** The request as it came; empty if it had no body. */
        @get:JvmName("request")
        public val request: String
            get() = json.text("request")

        /** The answer as it was sent. */
        @get:JvmName("response")
        public val response: String
            get() = json.text("response")

        /** The user that has asked, or `null` if the server does not say. */
        @get:JvmName("user")
        public val user: String?
            get() = json.objectOrNull("client")?.textOrNull("user")
    }

    /** A server has more requests than it can answer, and has dropped some. */
    public class ApiLimitReached internal constructor(json: JsonObject) : Advisory(json) {
        /** The server. */
        @get:JvmName("server")
        public val server: String
            get() = json.text("server")

        /** How many it has dropped. */
        @get:JvmName("dropped")
        public val dropped: Long
            get() = json.number("dropped")
    }

    /** One that this version does not know, as the server said it. */
    public class Other internal constructor(json: JsonObject) : Advisory(json)
}
