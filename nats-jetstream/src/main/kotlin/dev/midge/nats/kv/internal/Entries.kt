package dev.midge.nats.kv.internal

import dev.midge.nats.Headers
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.kv.KeyValueEntry
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.UndecodableEntryException
import java.time.Instant

/** What was done to a key, as headers say it. */
internal enum class Operation {
    PUT,
    DELETE,
    PURGE,
    EXPIRE,
    ;

    companion object {
        const val HEADER = "KV-Operation"
        const val MARKER = "Nats-Marker-Reason"

        /** What is not known is taken for a delete: it is no value. */
        fun of(headers: Headers): Operation {
            if (headers.isEmpty()) return PUT
            when (headers[HEADER].orEmpty()) {
                "" -> Unit
                "PURGE" -> return PURGE
                else -> return DELETE
            }
            return when (headers[MARKER]) {
                "MaxAge" -> EXPIRE
                "Purge" -> PURGE
                "Remove" -> DELETE
                else -> PUT
            }
        }
    }
}

/** Makes entries and events of the messages of one bucket. */
internal class Entries<T>(private val bucket: String, private val keys: Keys, private val decode: (NatsMessage) -> T) {
    /** The value that [message] is of [key], or `null` if it says that there is none. */
    fun entry(key: String, message: StoredMessage): KeyValueEntry<T>? {
        if (Operation.of(message.headers) != Operation.PUT) return null
        val raw = NatsMessage(message.subject, message.payload, message.headers)
        try {
            return entry(key, message.sequence, message.time, raw)
        } catch (e: Exception) {
            throw UndecodableEntryException(bucket, key, message.sequence, e)
        }
    }

    /** As the one with a key; the message says which one it is, below [prefix]. */
    fun entry(prefix: String, message: StoredMessage, byKey: Map<String, String>): KeyValueEntry<T>? {
        val stored = message.subject.removePrefix(prefix)
        return entry(byKey[stored] ?: return null, message)
    }

    /** What [message] tells, of a key below [prefix]. */
    fun event(prefix: String, message: JetStreamMessage): KeyValueEvent.Change<T> {
        val metadata = message.metadata
        val revision = metadata.streamSequence
        val created = metadata.timestamp
        val stored = message.subject.removePrefix(prefix)
        val key = try {
            keys.key(stored)
        } catch (e: Exception) {
            return undecodable(stored, revision, created, e)
        }
        return when (Operation.of(message.headers)) {
            Operation.DELETE -> KeyValueEvent.Deleted(key, revision, created)

            Operation.PURGE -> KeyValueEvent.Purged(key, revision, created, isExpired = false)

            Operation.EXPIRE -> KeyValueEvent.Purged(key, revision, created, isExpired = true)

            Operation.PUT -> try {
                KeyValueEvent.Put(entry(key, revision, created, message.raw))
            } catch (e: Exception) {
                undecodable(key, revision, created, e)
            }
        }
    }

    private fun entry(key: String, revision: Long, created: Instant, raw: NatsMessage): KeyValueEntry<T> =
        KeyValueEntry(bucket, key, decode(raw), revision, created)

    private fun undecodable(key: String, revision: Long, created: Instant, cause: Exception) =
        KeyValueEvent.Undecodable(key, revision, created, UndecodableEntryException(bucket, key, revision, cause))

    companion object {
        private const val SIZE = "Nats-Msg-Size"

        /** Those of messages that come without their payloads, and say how long these are. */
        fun ofSizes(bucket: String, keys: Keys): Entries<Long> = Entries(bucket, keys) { it.headers[SIZE]?.toLongOrNull() ?: 0 }
    }
}
