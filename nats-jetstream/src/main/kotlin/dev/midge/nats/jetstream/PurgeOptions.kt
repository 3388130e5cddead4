package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.internal.api.Fields
import kotlinx.serialization.json.JsonObject

/** Which messages a purge removes; all, unless something is said. Immutable. */
public class PurgeOptions private constructor(json: JsonObject) : JsonValue(json) {

    /** Collects [PurgeOptions]. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        private val fields = Fields()

        /** Removes only what matches [subject]. */
        public fun subject(subject: String): Builder = apply { fields.text("filter").set(Subject(subject).value) }

        /** Removes only what has a lower sequence. Excludes [keep]. */
        public fun before(sequence: Long): Builder = apply {
            require(sequence >= 1) { "the sequence $sequence is none; the first one is 1" }
            fields.number("seq").set(sequence)
        }

        /** Removes all but the last [messages]. Excludes [before]. */
        public fun keep(messages: Long): Builder = apply {
            require(messages >= 0) { "cannot keep $messages messages" }
            fields.number("keep").set(messages)
        }

        /**
         * The options as they are set now.
         *
         * @throws IllegalArgumentException if both [before] and [keep] are set.
         */
        public fun build(): PurgeOptions {
            val json = fields.json()
            require("seq" !in json || "keep" !in json) { "a purge goes up to a sequence or keeps a number of messages, not both" }
            return PurgeOptions(json)
        }
    }

    /** Where options begin. */
    public companion object {
        /** A builder for a purge of everything. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
