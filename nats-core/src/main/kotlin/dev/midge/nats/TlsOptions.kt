package dev.midge.nats

import dev.midge.nats.internal.tls.TlsContexts
import java.nio.file.Path
import java.util.function.Supplier
import javax.net.ssl.SSLContext

/** A version of TLS. Older ones are broken and not spoken. */
public enum class TlsVersion { TLS_1_2, TLS_1_3 }

/**
 * When and how connections are encrypted. Immutable, changed by [copy].
 *
 * TLS is used where a server's URL begins with `tls://`, where the server asks for it, and always once it was asked for here: by [required],
 * [handshakeFirst], a file or an [sslContext]. One `tls://` among the servers asks for all of them. A server that then offers no TLS is
 * refused before anything is sent to it ([TlsException.Reason.NOT_OFFERED]).
 *
 * ```
 * tls = TlsOptions(trustAnchors = Path.of("ca.pem"), certificateChain = Path.of("client.pem"), privateKey = Path.of("client.key"))
 * ```
 * Files and supplier are read again at every attempt to connect: replaced certificates are in use after the next reconnect. While the files
 * hold the same, TLS sessions are resumed across connections, also those of other connections with the same `TlsOptions`.
 *
 * With TLS 1.3 the JDK renews the keys of a connection after 137 GB in one direction, and some of its releases ask for that several times before
 * the server has answered (JDK-8329548), which strict servers take for an attack and end the connection; it is then opened again. No client
 * can change that for itself. Where it happens, leave out [TlsVersion.TLS_1_3], or set the security property `jdk.tls.keyLimits` of the JVM
 * before its first use of TLS.
 *
 * @property required whether servers without TLS are refused.
 * @property handshakeFirst whether TLS begins before the server's INFO, as servers with `handshake_first` expect (2.10.4 and newer). It has to be
 *   the same on both sides, or each waits for the other.
 * @property trustAnchors PEM file with the certificates of the authorities that may vouch for the server. Default: those that the JVM trusts
 *   (`SSLContext.getDefault()`, thus also the `javax.net.ssl` system properties).
 * @property certificateChain PEM file with the client's certificate, followed by those that lead to an authority which the server trusts.
 * @property privateKey PEM file with the key of that certificate: PKCS#8, PKCS#1 or SEC1, not encrypted.
 * @property sslContext makes the context that everything else about keys and trust is taken from, instead of the files. May block. Sessions are
 *   resumed as long as it returns the same context.
 * @property versions the versions of TLS to offer. Default both.
 * @property dangerouslySkipHostNameVerification `true` accepts a trusted certificate whatever name it was issued for. Whoever has any such
 *   certificate can then read and change everything. The name in question is the host of the server's URL and has to be among the
 *   certificate's subject alternative names; its common name counts for nothing (RFC 9525). A server that another one has told of
 *   (`connect_urls` in INFO) may have a certificate for the name that the user gave, or for its own, if that was told over verified TLS: by a
 *   server to which TLS comes before INFO ([handshakeFirst], `wss://`), or after it.
 * @property dangerouslyTrustNamesFromPlainText `true` also lets a server prove itself by its own name that was told in plain text, in the INFO
 *   that comes before TLS. For clusters whose nodes have certificates of their own names and which are not set to `handshake_first`. Whoever
 *   can change that text, and has a trusted certificate for any name, can then have clients connect to him instead: the less an authority
 *   of [trustAnchors] issues, the less is risked.
 */
public data class TlsOptions(
    public val required: Boolean = false,
    public val handshakeFirst: Boolean = false,
    public val trustAnchors: Path? = null,
    public val certificateChain: Path? = null,
    public val privateKey: Path? = null,
    public val sslContext: Supplier<SSLContext>? = null,
    public val versions: Set<TlsVersion> = TlsVersion.entries.toSet(),
    public val dangerouslySkipHostNameVerification: Boolean = false,
    public val dangerouslyTrustNamesFromPlainText: Boolean = false,
) {
    /** Lives as long as the options: every connection that shares them resumes the sessions of the others. */
    internal val contexts = TlsContexts(this)

    /** Whether these options alone are reason enough to send nothing in plain text. */
    internal val isAskedFor: Boolean
        get() = required || handshakeFirst || hasFiles || sslContext != null

    private val hasFiles: Boolean
        get() = trustAnchors != null || certificateChain != null

    init {
        require((certificateChain == null) == (privateKey == null)) {
            "tls.certificateChain is $certificateChain and tls.privateKey is $privateKey; give both or neither"
        }
        require(sslContext == null || !hasFiles) { "tls.sslContext and PEM files are both given; choose one" }
        require(versions.isNotEmpty()) { "tls.versions is empty; leave it out, or name one" }
    }
}
