package dev.midge.nats.internal.tls

import dev.midge.nats.TlsException
import dev.midge.nats.TlsException.Reason
import java.security.cert.CertPathBuilderException
import java.security.cert.CertPathValidatorException
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import javax.net.ssl.SSLException

/** Tells from what the JDK throws what was wrong. It has types for certificates; for the rest, its words are all there is. */
internal object TlsFailures {
    /** What [cause], a failure of [client] with [server], means and what to do; [answered] tells whether the client had its second turn. */
    fun explain(cause: SSLException, server: Any, client: ClientEngine, answered: Boolean): TlsException {
        val reason = reasonOf(cause, client, answered)
        return TlsException(reason, "no TLS with $server: ${words(reason, client.names)} (${cause.message})", cause)
    }

    private fun reasonOf(failure: SSLException, client: ClientEngine, answered: Boolean): Reason {
        val causes = generateSequence<Throwable>(failure) { it.cause }.toList()
        val alert = failure.message.orEmpty().substringAfter(ALERT, "")
        return when {
            causes.any { it is CertificateExpiredException || it is CertificateNotYetValidException } -> Reason.EXPIRED

            causes.any { it is CertPathBuilderException || it is CertPathValidatorException } -> Reason.UNKNOWN_ISSUER

            causes.any { it is CertificateException && isAboutName(it.message.orEmpty()) } -> Reason.WRONG_NAME

            alert in CERTIFICATE_ALERTS || (alert == "handshake_failure" && answered) ->
                if (client.hasCertificate) Reason.CLIENT_CERTIFICATE_REFUSED else Reason.CLIENT_CERTIFICATE_REQUIRED

            alert == "protocol_version" || VERSION.any { it in failure.message.orEmpty() } -> Reason.PROTOCOL_VERSION

            PLAIN_TEXT.any { it in failure.message.orEmpty() } -> Reason.PLAIN_TEXT

            else -> Reason.HANDSHAKE
        }
    }

    private fun isAboutName(message: String) = "subject alternative" in message || "No name matching" in message

    /** The rule by which the server's own name did not count, and the way out. */
    fun unproven(names: ExpectedNames): String = names.unproven?.let {
        "; its own name '$it' does not count: it was told in plain text, where anybody could have put a name of theirs;" +
            " have servers tell it over TLS (handshake_first and tls.handshakeFirst)," +
            " or accept that risk by tls.dangerouslyTrustNamesFromPlainText"
    }.orEmpty()

    private fun words(reason: Reason, names: ExpectedNames): String = when (reason) {
        Reason.EXPIRED -> "a certificate of the server is not valid now; renew it, or set the clock"

        Reason.WRONG_NAME ->
            "the certificate of the server is not for $names; connect by a name in it, or issue one with it" + unproven(names)

        Reason.UNKNOWN_ISSUER ->
            "nobody who is trusted vouches for the certificate of the server; add its authority to tls.trustAnchors if it is yours"

        Reason.CLIENT_CERTIFICATE_REQUIRED ->
            "the server wants a client certificate that its authorities issued; set tls.certificateChain and tls.privateKey"

        Reason.CLIENT_CERTIFICATE_REFUSED ->
            "the server does not accept the client's certificate, or names authorities that did not issue it; its log says why"

        Reason.PROTOCOL_VERSION -> "the server speaks none of tls.versions"

        Reason.PLAIN_TEXT -> "it speaks plain text where TLS has to begin; tls.handshakeFirst has to be as the server's handshake_first"

        Reason.NOT_OFFERED, Reason.CONFIGURATION, Reason.HANDSHAKE -> "the handshake failed"
    }

    private const val ALERT = "Received fatal alert: "

    /** What servers say of the client's certificate. Those written in Go say `bad_certificate`, or `handshake_failure`, if there is none. */
    private val CERTIFICATE_ALERTS = setOf(
        "certificate_required",
        "bad_certificate",
        "unsupported_certificate",
        "certificate_revoked",
        "certificate_expired",
        "certificate_unknown",
        "unknown_ca",
        "access_denied",
    )
    private val VERSION = listOf("is not accepted by client preferences", "No appropriate protocol")
    private val PLAIN_TEXT = listOf("Unsupported or unrecognized SSL message", "plaintext connection")
}
