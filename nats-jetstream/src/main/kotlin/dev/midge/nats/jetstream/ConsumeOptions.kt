package dev.midge.nats.jetstream

import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Subject
import java.util.function.Function
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** How [NatsConsumer.consume] takes and retries messages. Immutable. */
public class ConsumeOptions private constructor(builder: Builder) {
    /** How messages are pulled. [PullOptions.maxMessages] bounds what is here: handled, waiting, and under way. */
    @get:JvmName("pull")
    public val pull: PullOptions = builder.pull

    /**
     * How often a message is delivered before it is given up: it is terminated then, and [JetStreamEvent.MessageGivenUp] tells of it. 0
     * leaves that to the consumer's own limit. Default 0.
     */
    @get:JvmName("maxDeliveries")
    public val maxDeliveries: Int = builder.maxDeliveries

    /**
     * How long a message whose handler has failed waits until it is delivered again, by how often it was delivered. Has to return at once.
     * Default 1 s, doubled with each delivery up to 1 minute.
     */
    @get:JvmSynthetic
    public val retryDelay: (message: JetStreamMessage, cause: Throwable) -> Duration = builder.retryDelay

    /**
     * Where a message that is given up is published first, with its headers and the [DeadLetterHeaders], to a subject that a stream stores;
     * `null` for nowhere. It is terminated once it is stored there. Until then it is delivered again, after [retryDelay]; where the
     * consumer's own limit does not allow that, [JetStreamEvent.MessageGivenUp] says why it could not be stored. Default `null`.
     */
    @get:JvmName("deadLetters")
    public val deadLetters: Subject? = builder.deadLetters

    /**
     * What is added to the context of the handlers, such as a dispatcher. If it has a job, handling ends with that. Default:
     * `Dispatchers.Default`.
     */
    @get:JvmSynthetic
    public val context: CoroutineContext = builder.context

    init {
        require(maxDeliveries >= 0) { "maxDeliveries is $maxDeliveries; it cannot be negative" }
        require(deadLetters?.isWildcard != true) { "one publishes to a subject without wildcards, which '$deadLetters' is not" }
    }

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun toString(): String = "ConsumeOptions(pull=$pull, maxDeliveries=$maxDeliveries, deadLetters=$deadLetters)"

    /** Collects [ConsumeOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: ConsumeOptions? = null) {
        /** See [ConsumeOptions.pull]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var pull: PullOptions = from?.pull ?: PullOptions { maxMessages = DEFAULT_MESSAGES }

        /** See [ConsumeOptions.maxDeliveries]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxDeliveries: Int = from?.maxDeliveries ?: 0

        /** See [ConsumeOptions.retryDelay]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var retryDelay: (message: JetStreamMessage, cause: Throwable) -> Duration =
            from?.retryDelay ?: { message, _ -> doubled(message) }

        /** See [ConsumeOptions.deadLetters]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var deadLetters: Subject? = from?.deadLetters

        /** See [ConsumeOptions.context]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var context: CoroutineContext = from?.context ?: EmptyCoroutineContext

        /** Sets [ConsumeOptions.pull]. */
        public fun pull(pull: PullOptions): Builder = apply { this.pull = pull }

        /** Sets [ConsumeOptions.maxDeliveries]. */
        public fun maxDeliveries(maxDeliveries: Int): Builder = apply { this.maxDeliveries = maxDeliveries }

        /** Sets [ConsumeOptions.deadLetters]. */
        public fun deadLetters(deadLetters: Subject?): Builder = apply { this.deadLetters = deadLetters }

        /** Sets [ConsumeOptions.deadLetters]. */
        public fun deadLetters(deadLetters: String): Builder = deadLetters(Subject(deadLetters))

        /** Sets [ConsumeOptions.retryDelay]. */
        public fun retryDelay(retryDelay: Function<JetStreamMessage, JavaDuration>): Builder =
            apply { this.retryDelay = { message, _ -> retryDelay.apply(message).toKotlinDuration() } }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid.
         */
        public fun build(): ConsumeOptions = ConsumeOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** Less than for a plain Flow: what is here is kept from others by signs of progress. */
        private const val DEFAULT_MESSAGES = 200
        private const val MOST_DOUBLINGS = 6
        private val FIRST = 1.seconds
        private val LONGEST = 60.seconds

        private fun doubled(message: JetStreamMessage): Duration =
            minOf(FIRST * (1 shl (message.metadata.delivered - 1).coerceIn(0, MOST_DOUBLINGS.toLong()).toInt()), LONGEST)

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** The default options, changed by [configure]. */
@JvmSynthetic
public fun ConsumeOptions(configure: ConsumeOptions.Builder.() -> Unit): ConsumeOptions = ConsumeOptions.builder().apply(configure).build()
