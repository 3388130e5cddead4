package dev.midge.nats.internal.tls

import java.security.cert.X509Certificate

/**
 * For which names a server's certificate may be: one is enough.
 *
 * @property given the name that the user gave: of this server, or of the one that led to it.
 * @property own the server's own name, if another server told it in a way that may be believed.
 * @property unproven the server's own name, if it was told in a way that anybody could have changed.
 */
internal class ExpectedNames(val given: ServerName, val own: ServerName? = null, val unproven: String? = null) {
    private val all = listOfNotNull(given, own)

    /** The name that the server is reached by. */
    val indicated: ServerName
        get() = own ?: given

    /**
     * Whether the JDK can check them. Of two it accepts either: the one that is indicated, and the engine's peer host, which is the other.
     */
    val areKnownToJdk: Boolean = all.all { it.isKnownToJdk }

    /** Whether one was found in the certificate, if [engineChecks] by the JDK, which may have found it in the common name. */
    fun match(certificate: X509Certificate, engineChecks: Boolean): Boolean =
        if (engineChecks && all.size == 1) given.isOfAKindIn(certificate) else all.any { it.isIn(certificate) }

    override fun toString(): String = all.joinToString(" or ") { "'$it'" }
}
