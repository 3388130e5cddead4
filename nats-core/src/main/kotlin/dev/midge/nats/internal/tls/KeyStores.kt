package dev.midge.nats.internal.tls

import dev.midge.nats.TlsException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.cert.X509Certificate
import javax.net.ssl.KeyManager
import javax.net.ssl.TrustManager
import javax.net.ssl.TrustManagerFactory

/** Trusts what one of [anchors] vouches for. */
internal fun trustManagers(anchors: List<X509Certificate>): Array<TrustManager> {
    val store = emptyStore()
    anchors.forEachIndexed { index, certificate -> store.setCertificateEntry("$index", certificate) }
    return TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()).apply { init(store) }.trustManagers
}

/** Shows the certificates of [chain] to servers that ask for one. */
internal fun keyManagers(chain: PemFile, key: PemFile): Array<KeyManager> {
    val certificates = chain.certificates()
    val privateKey = key.privateKey()
    if (!belongTogether(privateKey, certificates.first().publicKey)) {
        // One of two files that are replaced together may be read before the other: the next attempt will find both.
        throw TlsException(
            TlsException.Reason.CONFIGURATION,
            "the key in ${key.path} is not that of the first certificate in ${chain.path}: check that they were made together",
        )
    }
    return arrayOf(ClientKeyManager(privateKey, certificates))
}

private fun emptyStore() = KeyStore.getInstance("PKCS12", JdkProviders.first("KeyStore.PKCS12").first()).apply { load(null, null) }

private fun belongTogether(privateKey: PrivateKey, publicKey: PublicKey): Boolean {
    val algorithm = when (privateKey.algorithm) {
        "EC" -> "SHA256withECDSA"
        "RSA" -> "SHA256withRSA"
        else -> privateKey.algorithm
    }
    val text = "midge".encodeToByteArray()
    return try {
        val signature = Signature.getInstance(algorithm)
        signature.initSign(privateKey)
        signature.update(text)
        val signed = signature.sign()
        signature.initVerify(publicKey)
        signature.update(text)
        signature.verify(signed)
    } catch (e: GeneralSecurityException) {
        false
    }
}
