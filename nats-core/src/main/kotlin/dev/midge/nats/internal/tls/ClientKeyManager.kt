package dev.midge.nats.internal.tls

import java.net.Socket
import java.security.Principal
import java.security.PrivateKey
import java.security.cert.X509Certificate
import javax.net.ssl.SSLEngine
import javax.net.ssl.X509ExtendedKeyManager

/**
 * The one [key] of a client, and the certificates of its [chain].
 *
 * Not from a `KeyStore`: those of the JDK keep a key as bytes, and have the first provider make another object of them, which the JDK's TLS
 * may not know.
 */
internal class ClientKeyManager(private val key: PrivateKey, private val chain: List<X509Certificate>) : X509ExtendedKeyManager() {
    private val algorithm = chain.first().publicKey.algorithm
    private val issuers = chain.mapTo(HashSet<Principal>()) { it.issuerX500Principal }

    /** Nothing is shown to a server that names authorities which are not among ours, or kinds of keys which ours is not. */
    private fun alias(keyTypes: Array<String>?, authorities: Array<out Principal>?): String? {
        val isWanted = keyTypes.orEmpty().any { it.substringBefore('_') == algorithm }
        return ALIAS.takeIf { isWanted && (authorities.isNullOrEmpty() || authorities.any(issuers::contains)) }
    }

    override fun chooseEngineClientAlias(keyType: Array<String>?, issuers: Array<out Principal>?, engine: SSLEngine?): String? =
        alias(keyType, issuers)

    override fun chooseClientAlias(keyType: Array<String>?, issuers: Array<out Principal>?, socket: Socket?): String? =
        alias(keyType, issuers)

    override fun getClientAliases(keyType: String?, issuers: Array<out Principal>?): Array<String>? =
        keyType?.let { alias(arrayOf(it), issuers) }?.let { arrayOf(it) }

    override fun getCertificateChain(alias: String?): Array<X509Certificate>? = if (alias == ALIAS) chain.toTypedArray() else null

    override fun getPrivateKey(alias: String?): PrivateKey? = key.takeIf { alias == ALIAS }

    // Of the other side, which a client never is.
    override fun getServerAliases(keyType: String?, issuers: Array<out Principal>?): Array<String>? = null

    override fun chooseServerAlias(keyType: String?, issuers: Array<out Principal>?, socket: Socket?): String? = null

    private companion object {
        const val ALIAS = "client"
    }
}
