package dev.midge.nats

import dev.midge.nats.internal.tls.TlsContexts
import dev.midge.nats.internal.values.Parts
import java.nio.file.Path
import java.util.function.Supplier
import javax.net.ssl.SSLContext

/**
 * When and how connections are encrypted. Immutable.
 *
 * TLS is used where a server's URL begins with `tls://`, where the server asks for it, and always once it was asked for here: by [required],
 * [handshakeFirst], a file or an [sslContext]. One `tls://` among the servers asks for all of them. A server that then offers no TLS is
 * refused before anything is sent to it ([TlsException.Reason.NOT_OFFERED]). In Kotlin:
 *
 * ```
 * tls {
 *     trustAnchors = Path.of("ca.pem")
 *     certificate(Path.of("client.pem"), privateKey = Path.of("client.key"))
 * }
 * ```
 * In Java:
 * ```
 * .tls(tls -> tls.trustAnchors(Path.of("ca.pem")).certificate(Path.of("client.pem"), Path.of("client.key")))
 * ```
 * Files and supplier are read again at every attempt to connect: replaced certificates are in use after the next reconnect. While the files
 * hold the same, TLS sessions are resumed across connections, also those of other connections with the same `TlsOptions`.
 *
 * With TLS 1.3 the JDK renews the keys of a connection after 137 GB in one direction, and some of its releases ask for that several times before
 * the server has answered (JDK-8329548), which strict servers take for an attack and end the connection; it is then opened again. No client
 * can change that for itself. Where it happens, leave out [TlsVersion.TLS_1_3], or set the security property `jdk.tls.keyLimits` of the JVM
 * before its first use of TLS.
 */
public class TlsOptions private constructor(builder: Builder) {
    /** Whether servers without TLS are refused. Default `false`. */
    @get:JvmName("required")
    public val required: Boolean = builder.required

    /**
     * Whether TLS begins before the server's INFO, as servers with `handshake_first` expect (2.10.4 and newer). It has to be the same on both
     * sides, or each waits for the other. Default `false`.
     */
    @get:JvmName("handshakeFirst")
    public val handshakeFirst: Boolean = builder.handshakeFirst

    /**
     * PEM file with the certificates of the authorities that may vouch for the server. Default `null`: those that the JVM trusts
     * (`SSLContext.getDefault()`, thus also the `javax.net.ssl` system properties).
     */
    @get:JvmName("trustAnchors")
    public val trustAnchors: Path? = builder.trustAnchors

    /** PEM file with the client's certificate, followed by those that lead to an authority which the server trusts. Default `null`. */
    @get:JvmName("certificateChain")
    public val certificateChain: Path? = builder.certificateChain

    /** PEM file with the key of that certificate: PKCS#8, PKCS#1 or SEC1, not encrypted. Default `null`. */
    @get:JvmName("privateKey")
    public val privateKey: Path? = builder.privateKey

    /**
     * Makes the context that everything else about keys and trust is taken from, instead of the files. May block. Sessions are resumed as long
     * as it returns the same context. Default `null`.
     */
    @get:JvmSynthetic
    public val sslContext: (() -> SSLContext)? = builder.sslContext

    /** The versions of TLS to offer. Default both. */
    @get:JvmName("versions")
    public val versions: Set<TlsVersion> = builder.versions.toSet()

    /**
     * `true` accepts a trusted certificate whatever name it was issued for. Whoever has any such certificate can then read and change
     * everything. The name in question is the host of the server's URL and has to be among the certificate's subject alternative names; its
     * common name counts for nothing (RFC 9525). A server that another one has told of (`connect_urls` in INFO) may have a certificate for the
     * name that the user gave, or for its own, if that was told over verified TLS: by a server to which TLS comes before INFO
     * ([handshakeFirst], `wss://`), or after it. Default `false`.
     */
    @get:JvmName("dangerouslySkipHostNameVerification")
    public val dangerouslySkipHostNameVerification: Boolean = builder.dangerouslySkipHostNameVerification

    /**
     * `true` also lets a server prove itself by its own name that was told in plain text, in the INFO that comes before TLS. For clusters whose
     * nodes have certificates of their own names and which are not set to `handshake_first`. Whoever can change that text, and has a trusted
     * certificate for any name, can then have clients connect to him instead: the less an authority of [trustAnchors] issues, the less is
     * risked. Default `false`.
     */
    @get:JvmName("dangerouslyTrustNamesFromPlainText")
    public val dangerouslyTrustNamesFromPlainText: Boolean = builder.dangerouslyTrustNamesFromPlainText

    /** Lives as long as the options: every connection that shares them resumes the sessions of the others. */
    internal val contexts = TlsContexts(this)

    /** Whether these options alone are reason enough to send nothing in plain text. */
    internal val isAskedFor: Boolean
        get() = required || handshakeFirst || hasFiles || sslContext != null

    private val hasFiles: Boolean
        get() = trustAnchors != null || certificateChain != null

    private val parts: Parts
        get() = Parts(
            "TlsOptions",
            "required" to required,
            "handshakeFirst" to handshakeFirst,
            "trustAnchors" to trustAnchors,
            "certificateChain" to certificateChain,
            "privateKey" to privateKey,
            "sslContext" to sslContext,
            "versions" to versions,
            "dangerouslySkipHostNameVerification" to dangerouslySkipHostNameVerification,
            "dangerouslyTrustNamesFromPlainText" to dangerouslyTrustNamesFromPlainText,
        )

    init {
        require((certificateChain == null) == (privateKey == null)) {
            "tls.certificateChain is $certificateChain and tls.privateKey is $privateKey; give both or neither"
        }
        require(sslContext == null || !hasFiles) { "tls.sslContext and PEM files are both given; choose one" }
        require(versions.isNotEmpty()) { "tls.versions is empty; leave it out, or name one" }
    }

    /** These options with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): TlsOptions = toBuilder().apply(configure).build()

    /** A builder with these options, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is TlsOptions && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** Collects [TlsOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: TlsOptions? = null) {
        /** See [TlsOptions.required]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var required: Boolean = from?.required ?: false

        /** See [TlsOptions.handshakeFirst]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var handshakeFirst: Boolean = from?.handshakeFirst ?: false

        /** See [TlsOptions.trustAnchors]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var trustAnchors: Path? = from?.trustAnchors

        /** See [TlsOptions.certificateChain]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var certificateChain: Path? = from?.certificateChain

        /** See [TlsOptions.privateKey]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var privateKey: Path? = from?.privateKey

        /** See [TlsOptions.sslContext]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var sslContext: (() -> SSLContext)? = from?.sslContext

        /** See [TlsOptions.versions]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var versions: Set<TlsVersion> = from?.versions ?: TlsVersion.entries.toSet()

        /** See [TlsOptions.dangerouslySkipHostNameVerification]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var dangerouslySkipHostNameVerification: Boolean = from?.dangerouslySkipHostNameVerification ?: false

        /** See [TlsOptions.dangerouslyTrustNamesFromPlainText]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var dangerouslyTrustNamesFromPlainText: Boolean = from?.dangerouslyTrustNamesFromPlainText ?: false

        /** Sets [TlsOptions.required]. */
        public fun required(required: Boolean): Builder = apply { this.required = required }

        /** Sets [TlsOptions.handshakeFirst]. */
        public fun handshakeFirst(handshakeFirst: Boolean): Builder = apply { this.handshakeFirst = handshakeFirst }

        /** Sets [TlsOptions.trustAnchors]; `null` for those that the JVM trusts. */
        public fun trustAnchors(trustAnchors: Path?): Builder = apply { this.trustAnchors = trustAnchors }

        /** Sets [TlsOptions.certificateChain] and its [TlsOptions.privateKey]; `null` for none. */
        public fun certificate(chain: Path?, privateKey: Path?): Builder = apply {
            certificateChain = chain
            this.privateKey = privateKey
        }

        /** Sets [TlsOptions.sslContext]; `null` for none. */
        public fun sslContext(sslContext: Supplier<SSLContext>?): Builder = apply { this.sslContext = sslContext?.let { it::get } }

        /** Sets [TlsOptions.versions]. */
        public fun versions(versions: Set<TlsVersion>): Builder = apply { this.versions = versions }

        /** Sets [TlsOptions.dangerouslySkipHostNameVerification]. */
        public fun dangerouslySkipHostNameVerification(skip: Boolean): Builder = apply { dangerouslySkipHostNameVerification = skip }

        /** Sets [TlsOptions.dangerouslyTrustNamesFromPlainText]. */
        public fun dangerouslyTrustNamesFromPlainText(trust: Boolean): Builder = apply { dangerouslyTrustNamesFromPlainText = trust }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if only one of certificate and key is given, there are both files and an [sslContext], or there is no
         *   version.
         */
        public fun build(): TlsOptions = TlsOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
