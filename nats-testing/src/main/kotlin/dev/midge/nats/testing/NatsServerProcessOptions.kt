package dev.midge.nats.testing

import java.nio.file.Path
import java.time.Duration

/**
 * How a [NatsServerProcess] is started. Immutable; made by a [Builder], in Kotlin most simply by `NatsServerProcess.start { ... }`.
 */
public class NatsServerProcessOptions private constructor(builder: Builder) {
    /** The version to run, or `null` for any that [NatsServerBinary.find] meets. */
    public val version: String? = builder.version

    /** The client port, or 0 for one that the operating system chooses. */
    public val port: Int = builder.port

    /**
     * The text of a server configuration, or `null`. Client port, address and monitoring are set by arguments, which come before it. For
     * WebSocket, `websocket { port: $WEBSOCKET_PORT, no_tls: true }` has a random port that stays the same over restarts.
     */
    public val config: String? = builder.config

    /** A server configuration file that is used where it lies, or `null`. */
    public val configFile: Path? = builder.configFile

    /** Whether JetStream is on, with its store in the process's temporary directory. */
    public val jetStream: Boolean = builder.jetStream

    /** Further command line arguments, after those that the options above make. */
    public val arguments: List<String> = builder.arguments.toList()

    /** How long the server may take until it accepts connections. */
    public val startTimeout: Duration = builder.startTimeout

    init {
        require(port in 0..MAX_PORT) { "port is $port, but must be 0 (random) to $MAX_PORT." }
        require(config == null || configFile == null) { "config and configFile are both set: choose one." }
        require(!startTimeout.isNegative && !startTimeout.isZero) { "startTimeout is $startTimeout, but must be positive." }
    }

    /** Collects [NatsServerProcessOptions]. Kotlin assigns the properties, Java calls the functions of the same names. */
    public class Builder internal constructor() {
        /** See [NatsServerProcessOptions.version]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var version: String? = null

        /** See [NatsServerProcessOptions.port]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var port: Int = 0

        /** See [NatsServerProcessOptions.config]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var config: String? = null

        /** See [NatsServerProcessOptions.configFile]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var configFile: Path? = null

        /** See [NatsServerProcessOptions.jetStream]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var jetStream: Boolean = false

        /** See [NatsServerProcessOptions.startTimeout]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var startTimeout: Duration = DEFAULT_START_TIMEOUT

        internal val arguments = mutableListOf<String>()

        /** Sets [NatsServerProcessOptions.version]. */
        public fun version(version: String?): Builder = apply { this.version = version }

        /** Sets [NatsServerProcessOptions.port]. */
        public fun port(port: Int): Builder = apply { this.port = port }

        /** Sets [NatsServerProcessOptions.config]. */
        public fun config(config: String?): Builder = apply { this.config = config }

        /** Sets [NatsServerProcessOptions.configFile]. */
        public fun configFile(configFile: Path?): Builder = apply { this.configFile = configFile }

        /** Sets [NatsServerProcessOptions.jetStream]. */
        public fun jetStream(jetStream: Boolean): Builder = apply { this.jetStream = jetStream }

        /** Sets [NatsServerProcessOptions.startTimeout]. */
        public fun startTimeout(startTimeout: Duration): Builder = apply { this.startTimeout = startTimeout }

        /** Adds to [NatsServerProcessOptions.arguments], such as `arguments("--debug", "--trace")`. */
        public fun arguments(vararg arguments: String): Builder = apply { this.arguments += arguments }

        /**
         * The options as they are set now.
         *
         * @throws IllegalArgumentException if one is out of its range or two contradict each other.
         */
        public fun build(): NatsServerProcessOptions = NatsServerProcessOptions(this)
    }

    /** Makes builders. */
    public companion object {
        /** A builder with the defaults: any version, random ports, no JetStream, 10 s to start. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        private const val MAX_PORT = 65_535

        /** A server is up in 20 ms; a loaded machine, or the recovery of a JetStream store, takes longer. */
        private val DEFAULT_START_TIMEOUT = Duration.ofSeconds(10)
    }
}
