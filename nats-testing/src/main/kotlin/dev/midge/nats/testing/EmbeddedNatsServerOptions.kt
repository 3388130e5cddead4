package dev.midge.nats.testing

import dev.midge.nats.testing.internal.embedded.Secret
import java.time.Duration

/**
 * How an [EmbeddedNatsServer] is started. Immutable; made by a [Builder], in Kotlin most simply by `EmbeddedNatsServer.start { ... }`.
 */
public class EmbeddedNatsServerOptions private constructor(builder: Builder) {
    /** The address to listen on; loopback by default. */
    public val host: String = builder.host

    /** The port to listen on, or 0 for one that the operating system chooses. */
    public val port: Int = builder.port

    /** The name that INFO tells, or `null` for the random server id. */
    public val serverName: String? = builder.serverName

    /** The longest payload in bytes, headers included. */
    public val maxPayload: Int = builder.maxPayload

    /** The longest control line in bytes, without its verb. */
    public val maxControlLine: Int = builder.maxControlLine

    /** How many bytes may wait for one client before it is cut off as a slow consumer. */
    public val maxPendingBytes: Long = builder.maxPendingBytes

    /** How many clients may be connected at a time. */
    public val maxConnections: Int = builder.maxConnections

    /** How long a client may take to CONNECT, where it has to authenticate. */
    public val authTimeout: Duration = builder.authTimeout

    /** How the server speaks TLS; `null` for plain text. */
    public val tls: EmbeddedServerTls? = builder.tls

    internal val users: Map<String, Secret> = builder.users.mapValues { Secret(it.value) }
    internal val token: Secret? = builder.token?.let(::Secret)

    init {
        require(port in 0..MAX_PORT) { "port is $port, but must be 0 (random) to $MAX_PORT." }
        require(maxPayload in 1..MAX_SIZE) { "maxPayload is $maxPayload, but must be 1 to $MAX_SIZE." }
        require(maxControlLine in MIN_CONTROL_LINE..MAX_SIZE) {
            "maxControlLine is $maxControlLine, but must be $MIN_CONTROL_LINE to $MAX_SIZE."
        }
        require(maxPendingBytes > 0) { "maxPendingBytes is $maxPendingBytes, but must be positive." }
        require(maxConnections > 0) { "maxConnections is $maxConnections, but must be positive." }
        require(!authTimeout.isNegative && !authTimeout.isZero) { "authTimeout is $authTimeout, but must be positive." }
    }

    /** Collects [EmbeddedNatsServerOptions]. Kotlin assigns the properties, Java calls the functions of the same names. */
    public class Builder internal constructor() {
        /** See [EmbeddedNatsServerOptions.host]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var host: String = "127.0.0.1"

        /** See [EmbeddedNatsServerOptions.port]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var port: Int = 0

        /** See [EmbeddedNatsServerOptions.serverName]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var serverName: String? = null

        /** See [EmbeddedNatsServerOptions.maxPayload]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var maxPayload: Int = DEFAULT_MAX_PAYLOAD

        /** See [EmbeddedNatsServerOptions.maxControlLine]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var maxControlLine: Int = DEFAULT_MAX_CONTROL_LINE

        /** See [EmbeddedNatsServerOptions.maxPendingBytes]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var maxPendingBytes: Long = DEFAULT_MAX_PENDING_BYTES

        /** See [EmbeddedNatsServerOptions.maxConnections]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var maxConnections: Int = DEFAULT_MAX_CONNECTIONS

        /** See [EmbeddedNatsServerOptions.authTimeout]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var authTimeout: Duration = DEFAULT_AUTH_TIMEOUT

        /** See [EmbeddedNatsServerOptions.tls]. */
        @get:JvmSynthetic
        @set:JvmSynthetic
        public var tls: EmbeddedServerTls? = null

        internal val users = LinkedHashMap<String, String>()
        internal var token: String? = null

        /** Sets [EmbeddedNatsServerOptions.host]. */
        public fun host(host: String): Builder = apply { this.host = host }

        /** Sets [EmbeddedNatsServerOptions.port]. */
        public fun port(port: Int): Builder = apply { this.port = port }

        /** Sets [EmbeddedNatsServerOptions.serverName]. */
        public fun serverName(serverName: String?): Builder = apply { this.serverName = serverName }

        /** Sets [EmbeddedNatsServerOptions.maxPayload]. */
        public fun maxPayload(maxPayload: Int): Builder = apply { this.maxPayload = maxPayload }

        /** Sets [EmbeddedNatsServerOptions.maxControlLine]. */
        public fun maxControlLine(maxControlLine: Int): Builder = apply { this.maxControlLine = maxControlLine }

        /** Sets [EmbeddedNatsServerOptions.maxPendingBytes]. */
        public fun maxPendingBytes(maxPendingBytes: Long): Builder = apply { this.maxPendingBytes = maxPendingBytes }

        /** Sets [EmbeddedNatsServerOptions.maxConnections]. */
        public fun maxConnections(maxConnections: Int): Builder = apply { this.maxConnections = maxConnections }

        /** Sets [EmbeddedNatsServerOptions.authTimeout]. */
        public fun authTimeout(authTimeout: Duration): Builder = apply { this.authTimeout = authTimeout }

        /** Sets [EmbeddedNatsServerOptions.tls]. */
        public fun tls(tls: EmbeddedServerTls?): Builder = apply { this.tls = tls }

        /**
         * Lets in the user [name] with [password]; may be called for several users. Without users and token, everybody is let in.
         *
         * As with `nats-server`, what begins like a bcrypt hash (`$2a$11$`) is the hash of the password. Hashes need the optional dependency
         * `org.springframework.security:spring-security-crypto`, and while one is checked all clients of the server wait: 0.1 s at a cost of 11.
         */
        public fun user(name: String, password: String): Builder = apply { users[name] = password }

        /** Lets in whoever presents [token], which may be given by its bcrypt hash, see [user]. */
        public fun token(token: String): Builder = apply { this.token = token }

        /**
         * The options as they are set now.
         *
         * @throws IllegalArgumentException if one is out of its range, or a hash cannot be checked.
         */
        public fun build(): EmbeddedNatsServerOptions = EmbeddedNatsServerOptions(this)
    }

    /** Makes builders. The defaults of the limits are those of `nats-server`. */
    public companion object {
        /** A builder with the defaults: a random port on loopback, everybody let in. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        private const val MAX_PORT = 65_535
        private const val DEFAULT_MAX_PAYLOAD = 1024 * 1024
        private const val DEFAULT_MAX_CONTROL_LINE = 4096
        private const val DEFAULT_MAX_PENDING_BYTES = 64L * 1024 * 1024
        private const val DEFAULT_MAX_CONNECTIONS = 64 * 1024
        private val DEFAULT_AUTH_TIMEOUT = Duration.ofSeconds(2)

        /** What servers allow at most for a payload; it also keeps every sum of sizes within an `Int`. */
        private const val MAX_SIZE = 64 * 1024 * 1024

        /** Enough for a CONNECT with everything in it. */
        private const val MIN_CONTROL_LINE = 512
    }
}
