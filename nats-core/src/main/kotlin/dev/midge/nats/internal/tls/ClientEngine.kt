package dev.midge.nats.internal.tls

import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import dev.midge.nats.TlsVersion
import java.security.cert.X509Certificate
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLPeerUnverifiedException

/** The client's side of one TLS connection to the server that proves to have one of [names]. */
internal class ClientEngine(context: SSLContext, private val options: TlsOptions, val names: ExpectedNames, port: Int) {
    /** What the JDK takes for no name it refuses, whatever is in the certificate: such a name is looked for in it by [checkName] alone. */
    private val engineChecks = !options.dangerouslySkipHostNameVerification && names.areKnownToJdk

    /** Name and port are also the key under which the context finds a session to resume. */
    val engine: SSLEngine = context.createSSLEngine(names.given.text, port).apply {
        useClientMode = true
        sslParameters = sslParameters.apply {
            protocols = options.versions.map(::nameOf).toTypedArray()
            if (engineChecks) endpointIdentificationAlgorithm = "HTTPS"
            names.indicated.indicateTo(this)
        }
    }

    /** Whether the client has a certificate that the server could have meant. What a user's context holds shows only by its having been used. */
    val hasCertificate: Boolean
        get() = options.certificateChain != null || engine.session.localCertificates != null

    /**
     * What the JDK does not check: that it was a subject alternative name, not the common name, that it found one of [names] in; and names
     * that it does not know for any. To be called after the handshake, before anything is sent.
     *
     * @throws TlsException if not.
     */
    fun checkName() {
        if (options.dangerouslySkipHostNameVerification) return
        val certificate = try {
            engine.session.peerCertificates.first() as X509Certificate
        } catch (e: SSLPeerUnverifiedException) {
            throw TlsException(TlsException.Reason.WRONG_NAME, "the server $names showed no certificate", e)
        }
        if (names.match(certificate, engineChecks)) return
        engine.session.invalidate()
        throw TlsException(
            TlsException.Reason.WRONG_NAME,
            "the certificate of the server is not for $names by a subject alternative name; a common name does not count:" +
                " issue one with it" + TlsFailures.unproven(names),
        )
    }

    private fun nameOf(version: TlsVersion) = when (version) {
        TlsVersion.TLS_1_2 -> "TLSv1.2"
        TlsVersion.TLS_1_3 -> "TLSv1.3"
    }
}
