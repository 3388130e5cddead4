package dev.midge.nats.services

import dev.midge.nats.HandlerOptions
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Overflow
import dev.midge.nats.services.internal.QueueGroup
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.asCoroutineDispatcher
import java.util.concurrent.Executor
import java.util.function.Supplier

/** What an endpoint has beside its name and its handler. Immutable. */
public class EndpointOptions private constructor(builder: Builder) {
    /** Where requests go, below the prefixes of its groups; there may be wildcards in it. Default `null`: its name. */
    @get:JvmName("subject")
    public val subject: String? = builder.subject

    /** What it has for those who know the names; callers find it by [Services.info]. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String> = builder.metadata.toMap()

    /** How many requests are handled at a time, and where. Default: one after the other, on the dispatcher of the client. */
    @get:JvmName("handlerOptions")
    public val handlerOptions: HandlerOptions = HandlerOptions(builder.concurrency, builder.dispatcher)

    /** What happens to requests that come faster than they are handled. Default `null`: what the client does. */
    @get:JvmName("overflow")
    public val overflow: Overflow? = builder.overflow

    /** What the endpoint adds to its statistics, as JSON; `null` adds nothing. Called for each request for them, and may block. */
    @get:JvmSynthetic
    public val statsData: (() -> String?)? = builder.statsData

    /** `null`: that of its group, or of its service. */
    internal val queueGroup: QueueGroup? = builder.group

    override fun toString(): String = "EndpointOptions(subject=$subject, metadata=$metadata, handlerOptions=$handlerOptions)"

    /** Collects [EndpointOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        /** See [EndpointOptions.subject]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var subject: String? = null

        /** See [EndpointOptions.metadata]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var metadata: Map<String, String> = emptyMap()

        /** How many requests are handled at a time; with more than one, in any order. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var concurrency: Int = 1

        /** Where the handler runs; `null` for that of the client. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var dispatcher: CoroutineDispatcher? = null

        /** See [EndpointOptions.overflow]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var overflow: Overflow? = null

        /** See [EndpointOptions.statsData]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var statsData: (() -> String?)? = null

        internal var group: QueueGroup? = null

        /** Sets [EndpointOptions.subject]. */
        public fun subject(subject: String?): Builder = apply { this.subject = subject }

        /** Sets [EndpointOptions.metadata]. */
        public fun metadata(metadata: Map<String, String>): Builder = apply { this.metadata = metadata }

        /** Sets how many requests are handled at a time. */
        public fun concurrency(concurrency: Int): Builder = apply { this.concurrency = concurrency }

        /** Sets where the handler runs. */
        public fun executor(executor: Executor): Builder = apply { dispatcher = executor.asCoroutineDispatcher() }

        /** Sets [EndpointOptions.overflow]. */
        public fun overflow(overflow: Overflow?): Builder = apply { this.overflow = overflow }

        /** Sets [EndpointOptions.statsData]; [json] may answer `null`. */
        public fun statsData(json: Supplier<String?>): Builder = apply { statsData = json::get }

        /**
         * Instances share the requests in the queue group [name], whatever the service and the groups say.
         *
         * @throws IllegalArgumentException if it is not the name of one.
         */
        public fun queueGroup(name: String): Builder = apply { group = QueueGroup.of(name) }

        /** Each instance gets each request, whatever the service and the groups say. */
        public fun noQueueGroup(): Builder = apply { group = QueueGroup.None }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid.
         */
        public fun build(): EndpointOptions = EndpointOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** What is used unless something else is given. */
        @JvmField
        public val Default: EndpointOptions = Builder().build()

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** The default options, changed by [configure]. */
@JvmSynthetic
public fun EndpointOptions(configure: EndpointOptions.Builder.() -> Unit): EndpointOptions =
    EndpointOptions.builder().apply(configure).build()
