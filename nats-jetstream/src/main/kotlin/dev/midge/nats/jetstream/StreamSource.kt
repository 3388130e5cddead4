package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.jetstream.internal.api.EmptyJson
import dev.midge.nats.jetstream.internal.api.Fields
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.numberOrNull
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objectOrNull
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.text
import dev.midge.nats.jetstream.internal.api.textOrNull
import dev.midge.nats.jetstream.internal.api.time
import kotlinx.serialization.json.JsonObject
import java.time.Instant

/** A stream that another one copies, or takes messages from. Immutable; fields that this version does not know stay in a copy. */
public class StreamSource internal constructor(json: JsonObject) : JsonValue(json) {
    /** The name of the stream. */
    @get:JvmName("name")
    public val name: String
        get() = json.text("name")

    /** The sequence that the first copy begins with, or `null`. */
    @get:JvmName("startSequence")
    public val startSequence: Long?
        get() = json.numberOrNull("opt_start_seq")

    /** The time that the first copy begins with, or `null`. */
    @get:JvmName("startTime")
    public val startTime: Instant?
        get() = json.time("opt_start_time")

    /** The only subjects that are copied, or `null` for all. */
    @get:JvmName("filterSubject")
    public val filterSubject: String?
        get() = json.textOrNull("filter_subject")

    /** Subjects that are copied, and what they become. From nats-server 2.10 on. */
    @get:JvmName("subjectTransforms")
    public val subjectTransforms: List<SubjectTransform>
        get() = json.objects("subject_transforms").map(::SubjectTransform)

    /** What the API of the stream's account or domain begins with, such as `$JS.hub.API`; `null` if it is this one's. */
    @get:JvmName("apiPrefix")
    public val apiPrefix: String?
        get() = json.objectOrNull("external")?.textOrNull("api")

    /** What deliveries from another account begin with, or `null`. */
    @get:JvmName("deliverPrefix")
    public val deliverPrefix: String?
        get() = json.objectOrNull("external")?.textOrNull("deliver")

    /** The durable consumer that it reads by, or `null` for one that the server makes. From 2.14 on. */
    @get:JvmName("consumer")
    public val consumer: String?
        get() = json.objectOrNull("consumer")?.textOrNull("name")

    /** A builder with these values, for others that differ. */
    public fun toBuilder(): Builder = Builder(json)

    /** Collects a [StreamSource]. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: JsonObject) {
        private val fields = Fields(from)
        private val external = Fields(from.obj("external"))
        private val consumer = Fields(from.obj("consumer"))

        /** Begins with the message of this sequence. */
        public fun startAt(sequence: Long): Builder = apply { fields.number("opt_start_seq").set(sequence) }

        /** Begins with the first message of this time or later. */
        public fun startAt(time: Instant): Builder = apply { fields.time("opt_start_time").set(time) }

        /** Copies only what matches [subject]. */
        public fun filterSubject(subject: String): Builder = apply { fields.textOrNull("filter_subject").set(subject) }

        /** Copies only what matches one of [transforms], which say what the subjects become. */
        public fun subjectTransforms(vararg transforms: SubjectTransform): Builder =
            apply { fields.nestedList("subject_transforms", ::SubjectTransform) { it.json }.set(transforms.asList()) }

        /** Reads from the JetStream domain with this name. */
        public fun domain(domain: String): Builder = apply { external.text("api").set("\$JS.$domain.API") }

        /** Reads from another account, whose API and deliveries are imported under these prefixes. */
        @JvmOverloads
        public fun external(apiPrefix: String, deliverPrefix: String = ""): Builder = apply {
            external.text("api").set(apiPrefix)
            external.text("deliver").set(deliverPrefix)
        }

        /** Reads by the durable consumer [name], which delivers to [deliverSubject]. */
        public fun consumer(name: String, deliverSubject: String): Builder = apply {
            consumer.text("name").set(name)
            consumer.text("deliver_subject").set(deliverSubject)
        }

        /** The source as it is set now. */
        public fun build(): StreamSource {
            fields.nested("external", { it }, { it: JsonObject -> it }).set(external.json().takeIf { it != EmptyJson })
            fields.nested("consumer", { it }, { it: JsonObject -> it }).set(consumer.json().takeIf { it != EmptyJson })
            return StreamSource(fields.json())
        }
    }

    /** Where sources begin. */
    public companion object {
        /** A builder for the stream with [name]. */
        @JvmStatic
        public fun builder(name: String): Builder = Builder(Fields().apply { text("name").set(Names.check("stream", name)) }.json())
    }
}

/** The stream with [name] as a source, with what [configure] sets. */
@JvmSynthetic
public fun StreamSource(name: String, configure: StreamSource.Builder.() -> Unit = {}): StreamSource =
    StreamSource.builder(name).apply(configure).build()
