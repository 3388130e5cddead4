package dev.midge.nats.objectstore.internal

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.objectstore.ObjectInfo
import kotlinx.serialization.json.JsonObject
import java.time.Instant

/** One attempt to put [json] in the place of [found]. */
internal class MetaAttempt(val found: ObjectInfo?, val json: JsonObject) {
    /** What an attempt has come to. */
    enum class End {
        /** It was stored, and its object is there. */
        STORED,

        /** It was not stored, or it can be made again without harm. */
        NOT_STORED,

        /** Another object has its name: it may have been stored before, or not. */
        REPLACED,

        /** Nobody can say: there is nothing of that name, which may have been given up for another one. */
        UNKNOWN,
    }

    /** Why nobody has said if it was stored; `null` if somebody has. */
    var doubt: NatsException? = null

    fun stored(sequence: Long): ObjectInfo = ObjectJson.info(json, sequence, Instant.now())

    /** What it has come to, seen by what there is [now]. */
    fun end(now: ObjectInfo?): End {
        // An object of its own that somebody has changed meanwhile is still this one's.
        val own = json.text("nuid").takeIf { it != found?.nuid }
        return when {
            now != null && (now.wire == json || now.nuid == own) -> End.STORED
            doubt == null || now?.sequence == found?.sequence -> End.NOT_STORED
            now == null -> End.UNKNOWN
            now.nuid == found?.nuid -> End.NOT_STORED
            else -> End.REPLACED
        }
    }
}
