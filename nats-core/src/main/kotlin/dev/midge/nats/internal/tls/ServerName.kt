package dev.midge.nats.internal.tls

import java.net.InetAddress
import java.net.UnknownHostException
import java.security.cert.X509Certificate
import javax.net.ssl.SNIHostName
import javax.net.ssl.SSLParameters

/** The DNS name or IP address that a server's certificate has to be for. */
internal class ServerName(host: String) {
    /** Without what only the local resolver understands: the root's dot and the zone of an IPv6 address. */
    val text: String = host.substringBefore('%').removeSuffix(".")

    val isAddress: Boolean = ':' in text || ADDRESS.matches(text)

    /** Whether the JDK knows it for a name of a host or an address. It does not if there is an underscore in it, as container networks have. */
    val isKnownToJdk: Boolean = isAddress || try {
        SNIHostName(text)
        true
    } catch (e: IllegalArgumentException) {
        false
    }

    /**
     * Names are told to the server, which may have a certificate for each (SNI, RFC 6066); addresses must not be, and what is no name by the
     * rules is better not.
     */
    fun indicateTo(parameters: SSLParameters) {
        parameters.serverNames = if (isAddress || !isKnownToJdk) emptyList() else listOf(SNIHostName(text.encodeToByteArray()))
    }

    /** Whether [certificate] is for this name or address, by RFC 9525: one of its alternative names is it, or has a `*` for its first label. */
    fun isIn(certificate: X509Certificate): Boolean {
        val entries = certificate.subjectAlternativeNames.orEmpty()
        if (isAddress) {
            // Written in digits, so that nothing is looked up.
            val address = address(text) ?: return false
            return entries.any { it.first() == IP_ADDRESS && address(it[1] as String) == address }
        }
        return entries.any { entry -> entry.first() == DNS_NAME && isNamedBy((entry[1] as String).removeSuffix(".")) }
    }

    /** Not by `*.com`: nobody has a whole top-level domain. */
    private fun isNamedBy(name: String): Boolean {
        if (!name.startsWith("*.")) return name.equals(text, ignoreCase = true)
        val domain = text.drop(text.substringBefore('.').length)
        return name.count { it == '.' } > 1 && name.drop(1).equals(domain, ignoreCase = true)
    }

    private fun address(digits: String): InetAddress? = try {
        InetAddress.getByName(digits)
    } catch (e: UnknownHostException) {
        null
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
