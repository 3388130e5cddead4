package dev.midge.nats

import dev.midge.nats.internal.values.Parts
import java.util.function.Function
import java.util.function.IntFunction
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * What happens when the connection to a server is lost (ADR-40). Immutable.
 *
 * The server that was lost is left alone for [wait]; another one of the list is tried at once. Each server that does not let the client in
 * is left alone in its turn, so that no server is tried more often than [wait] says. One that lets the client in and ends the connection
 * within a second, when that had been lost before, counts as one that does not.
 *
 * The connection's own threads call [delay] and [selectServer]: these have to return at once, and must not block.
 */
public class ReconnectOptions private constructor(builder: Builder) {
    /** How long a server is left alone after it failed. Default 2 s. */
    public val wait: Duration = builder.wait

    /** By how much, at most, each wait is lengthened at random, so that many clients do not come back at the same moment. Default 100 ms. */
    public val jitter: Duration = builder.jitter

    /** The same where TLS is spoken, whose handshakes cost a server more. Default 1 s. */
    public val jitterTls: Duration = builder.jitterTls

    /** By what [wait] grows with each further failure of the same server; 1 leaves it as it is. Default 1. */
    @get:JvmName("multiplier")
    public val multiplier: Double = builder.multiplier

    /** What [wait] grows to at most. Default 30 s. */
    public val maxWait: Duration = builder.maxWait

    /**
     * How many attempts in a row may fail at a server before it is not tried again; when no server is left the connection is closed. -1 never
     * gives up, 0 never reconnects. Default -1.
     */
    @get:JvmName("maxReconnects")
    public val maxReconnects: Int = builder.maxReconnects

    /** Whether the first connect is retried in the same way, instead of failing once every server was tried. Default `false`. */
    @get:JvmName("retryFirstConnect")
    public val retryFirstConnect: Boolean = builder.retryFirstConnect

    /** Whether the servers of the cluster that a server names are used too, and not only those given in the options. Default `true`. */
    @get:JvmName("useDiscoveredServers")
    public val useDiscoveredServers: Boolean = builder.useDiscoveredServers

    /**
     * Whether the connection is closed when the same server has refused the credentials for the same reason twice in a row; `false` goes on
     * trying. Default `true`.
     */
    @get:JvmName("stopOnAuthErrors")
    public val stopOnAuthErrors: Boolean = builder.stopOnAuthErrors

    /** What becomes of publishes until the connection is back. Default [WhileDisconnected.Buffer]. */
    @get:JvmName("whileDisconnected")
    public val whileDisconnected: WhileDisconnected = builder.whileDisconnected

    /**
     * Whether requests that wait for a reply fail at once when the connection is lost. Otherwise they wait on until their timeout: a reply that
     * is sent after the connection is back still arrives. Default `false`.
     */
    @get:JvmName("failRequests")
    public val failRequests: Boolean = builder.failRequests

    /**
     * Replaces [wait], [jitter] and [multiplier]: called with the number of attempts in a row that failed at a server (0 for the one whose
     * connection was lost), returns how long that server is left alone. Default none.
     */
    @get:JvmSynthetic
    public val delay: ((failures: Int) -> Duration)? = builder.delay

    /** Chooses the next server to try, by returning one of those that it is given; `null` leaves the choice to Midge. Default none. */
    @get:JvmSynthetic
    public val selectServer: ((servers: List<ServerCandidate>) -> ServerCandidate?)? = builder.selectServer

    /** How many bytes may wait while there is no connection, or `null` if nothing is taken then. */
    internal val bufferedBytes: Int?
        get() = (whileDisconnected as? WhileDisconnected.Buffer)?.bytes

    private val parts: Parts
        get() = Parts(
            "ReconnectOptions",
            "wait" to wait,
            "jitter" to jitter,
            "jitterTls" to jitterTls,
            "multiplier" to multiplier,
            "maxWait" to maxWait,
            "maxReconnects" to maxReconnects,
            "retryFirstConnect" to retryFirstConnect,
            "useDiscoveredServers" to useDiscoveredServers,
            "stopOnAuthErrors" to stopOnAuthErrors,
            "whileDisconnected" to whileDisconnected,
            "failRequests" to failRequests,
            "delay" to delay,
            "selectServer" to selectServer,
        )

    init {
        listOf("wait" to wait, "jitter" to jitter, "jitterTls" to jitterTls, "maxWait" to maxWait).forEach { (name, value) ->
            require(!value.isNegative()) { "reconnect.$name is $value; it cannot be negative" }
        }
        require(multiplier >= 1.0) { "reconnect.multiplier is $multiplier; it has to be 1 or more" }
        require(maxReconnects >= -1) { "reconnect.maxReconnects is $maxReconnects; -1 never gives up, 0 never reconnects" }
    }

    /** The property [wait], for Java, where [Object.wait] has taken its name. */
    public fun reconnectWait(): JavaDuration = wait.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun jitter(): JavaDuration = jitter.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun jitterTls(): JavaDuration = jitterTls.toJavaDuration()

    /** The property of the same name, for Java. */
    public fun maxWait(): JavaDuration = maxWait.toJavaDuration()

    /** These options with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): ReconnectOptions = toBuilder().apply(configure).build()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is ReconnectOptions && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** Collects [ReconnectOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: ReconnectOptions? = null) {
        /** See [ReconnectOptions.wait]. */
        public var wait: Duration = from?.wait ?: 2.seconds

        /** See [ReconnectOptions.jitter]. */
        public var jitter: Duration = from?.jitter ?: 100.milliseconds

        /** See [ReconnectOptions.jitterTls]. */
        public var jitterTls: Duration = from?.jitterTls ?: 1.seconds

        /** See [ReconnectOptions.multiplier]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var multiplier: Double = from?.multiplier ?: 1.0

        /** See [ReconnectOptions.maxWait]. */
        public var maxWait: Duration = from?.maxWait ?: 30.seconds

        /** See [ReconnectOptions.maxReconnects]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxReconnects: Int = from?.maxReconnects ?: -1

        /** See [ReconnectOptions.retryFirstConnect]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var retryFirstConnect: Boolean = from?.retryFirstConnect ?: false

        /** See [ReconnectOptions.useDiscoveredServers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var useDiscoveredServers: Boolean = from?.useDiscoveredServers ?: true

        /** See [ReconnectOptions.stopOnAuthErrors]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var stopOnAuthErrors: Boolean = from?.stopOnAuthErrors ?: true

        /** See [ReconnectOptions.whileDisconnected]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var whileDisconnected: WhileDisconnected = from?.whileDisconnected ?: WhileDisconnected.Buffer()

        /** See [ReconnectOptions.failRequests]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var failRequests: Boolean = from?.failRequests ?: false

        /** See [ReconnectOptions.delay]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var delay: ((failures: Int) -> Duration)? = from?.delay

        /** See [ReconnectOptions.selectServer]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var selectServer: ((servers: List<ServerCandidate>) -> ServerCandidate?)? = from?.selectServer

        /** Sets [ReconnectOptions.wait]. */
        public fun wait(wait: JavaDuration): Builder = apply { this.wait = wait.toKotlinDuration() }

        /** Sets [ReconnectOptions.jitter]. */
        public fun jitter(jitter: JavaDuration): Builder = apply { this.jitter = jitter.toKotlinDuration() }

        /** Sets [ReconnectOptions.jitterTls]. */
        public fun jitterTls(jitterTls: JavaDuration): Builder = apply { this.jitterTls = jitterTls.toKotlinDuration() }

        /** Sets [ReconnectOptions.multiplier]. */
        public fun multiplier(multiplier: Double): Builder = apply { this.multiplier = multiplier }

        /** Sets [ReconnectOptions.maxWait]. */
        public fun maxWait(maxWait: JavaDuration): Builder = apply { this.maxWait = maxWait.toKotlinDuration() }

        /** Sets [ReconnectOptions.maxReconnects]. */
        public fun maxReconnects(maxReconnects: Int): Builder = apply { this.maxReconnects = maxReconnects }

        /** Sets [ReconnectOptions.retryFirstConnect]. */
        public fun retryFirstConnect(retryFirstConnect: Boolean): Builder = apply { this.retryFirstConnect = retryFirstConnect }

        /** Sets [ReconnectOptions.useDiscoveredServers]. */
        public fun useDiscoveredServers(useDiscoveredServers: Boolean): Builder = apply { this.useDiscoveredServers = useDiscoveredServers }

        /** Sets [ReconnectOptions.stopOnAuthErrors]. */
        public fun stopOnAuthErrors(stopOnAuthErrors: Boolean): Builder = apply { this.stopOnAuthErrors = stopOnAuthErrors }

        /** Sets [ReconnectOptions.whileDisconnected]. */
        public fun whileDisconnected(whileDisconnected: WhileDisconnected): Builder = apply { this.whileDisconnected = whileDisconnected }

        /** Sets [ReconnectOptions.failRequests]. */
        public fun failRequests(failRequests: Boolean): Builder = apply { this.failRequests = failRequests }

        /** Sets [ReconnectOptions.delay]; `null` for none. */
        public fun delay(delay: IntFunction<JavaDuration>?): Builder =
            apply { this.delay = delay?.let { { failures -> it.apply(failures).toKotlinDuration() } } }

        /** Sets [ReconnectOptions.selectServer]; `null` for none. */
        public fun selectServer(selectServer: Function<List<ServerCandidate>, ServerCandidate?>?): Builder =
            apply { this.selectServer = selectServer?.let { it::apply } }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a duration is negative, [multiplier] less than 1 or [maxReconnects] less than -1.
         */
        public fun build(): ReconnectOptions = ReconnectOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
