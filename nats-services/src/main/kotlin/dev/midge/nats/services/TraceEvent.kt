package dev.midge.nats.services

import dev.midge.nats.services.internal.number
import dev.midge.nats.services.internal.text
import dev.midge.nats.services.internal.textOrNull
import kotlinx.serialization.json.JsonObject

/** What a server would do with a message, one thing of several (ADR-41). */
public class TraceEvent internal constructor(json: JsonObject) : JsonValue(json) {
    /** What is done. */
    @get:JvmName("type")
    public val type: Type
        get() = Type.entries.firstOrNull { it.wireName == json.text("type") } ?: Type.OTHER

    /** Whom the message comes from or goes to. */
    @get:JvmName("kind")
    public val kind: Kind
        get() = if ("kind" in json) Kind.entries.getOrElse(json.number("kind").toInt()) { Kind.OTHER } else Kind.OTHER

    /** What the client, or the other server, is called, or an empty string. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** The server's number of the client, 0 if there is none. */
    @get:JvmName("clientId")
    public val clientId: Long
        get() = json.number("cid")

    /** The account, or an empty string. */
    @get:JvmName("account")
    public val account: String
        get() = json.text("acc")

    /**
     * The subject: of the message if it comes in or is stored, of the subscription if it goes out, what it becomes if it is mapped, exported
     * or imported.
     */
    @get:JvmName("subject")
    public val subject: String
        get() = listOf("to", "sub", "subj", "subject").firstNotNullOfOrNull(json::textOrNull).orEmpty()

    /** The queue group that the receiver is a member of, or `null`. */
    @get:JvmName("queueGroup")
    public val queueGroup: String?
        get() = json.textOrNull("queue")

    /** The stream that would store the message, or `null`. */
    @get:JvmName("stream")
    public val stream: String?
        get() = json.textOrNull("stream")

    /** Why the message would not get there, or `null` if it would. */
    @get:JvmName("error")
    public val error: String?
        get() = json.textOrNull("error")

    /** What tells the server behind this event from others, or `null`. */
    internal val hop: String?
        get() = json.textOrNull("hop")

    /** What a server does with a message. */
    public enum class Type(internal val wireName: String) {
        /** It comes in. */
        INGRESS("in"),

        /** Its subject is mapped to another one. */
        MAPPING("sm"),

        /** It leaves its account as an export of a stream. */
        STREAM_EXPORT("se"),

        /** It goes to another account as the request of an imported service. */
        SERVICE_IMPORT("si"),

        /** A stream stores it. */
        JETSTREAM("js"),

        /** It goes out, to a client or another server. */
        EGRESS("eg"),

        /** Something that this version does not know. */
        OTHER(""),
    }

    /** What a message comes from or goes to. */
    public enum class Kind {
        /** A client. */
        CLIENT,

        /** Another server of the cluster. */
        ROUTER,

        /** A server of another cluster. */
        GATEWAY,

        /** The server itself. */
        SYSTEM,

        /** A leaf node, or the server that this one is a leaf node of. */
        LEAF,

        /** JetStream. */
        JETSTREAM,

        /** An account, within the server. */
        ACCOUNT,

        /** Something that this version does not know. */
        OTHER,
    }
}
