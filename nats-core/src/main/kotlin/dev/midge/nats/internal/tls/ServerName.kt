package dev.midge.nats.internal.tls

import java.security.cert.X509Certificate
import javax.net.ssl.SNIHostName
import javax.net.ssl.SSLParameters

/** The DNS name or IP address that a server's certificate has to be for. */
internal class ServerName(host: String) {
    /** Without what only the local resolver understands: the root's dot and the zone of an IPv6 address. */
    val text: String = host.substringBefore('%').removeSuffix(".")

    val isAddress: Boolean = ':' in text || ADDRESS.matches(text)

    /** Names are told to the server, which may have a certificate for each (SNI, RFC 6066); addresses must not be. */
    fun indicateTo(parameters: SSLParameters) {
        if (!isAddress) parameters.serverNames = listOf(SNIHostName(text.encodeToByteArray()))
    }

    /** Whether [certificate] names anything of the kind that this is. The JDK would turn to the common name otherwise. */
    fun isOfAKindIn(certificate: X509Certificate): Boolean {
        val kind = if (isAddress) IP_ADDRESS else DNS_NAME
        return certificate.subjectAlternativeNames.orEmpty().any { it.first() == kind }
    }

    override fun toString(): String = text

    private companion object {
        val ADDRESS = Regex("[0-9]+(\\.[0-9]+){3}")

        /** The kinds of `GeneralName`, RFC 5280. */
        const val DNS_NAME = 2
        const val IP_ADDRESS = 7
    }
}
