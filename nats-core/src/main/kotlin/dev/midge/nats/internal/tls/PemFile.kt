package dev.midge.nats.internal.tls

import dev.midge.nats.TlsException
import java.nio.file.Path
import java.security.GeneralSecurityException
import java.security.PrivateKey
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.util.Base64

/** The [bytes] of a file of PEM blocks. Source: RFC 7468. No message shows what is in a block: it may be a key. */
internal class PemFile(val path: Path, val bytes: ByteArray) {
    /** All certificates, at least one, in the order of the file. */
    fun certificates(): List<X509Certificate> {
        val factory = CertificateFactory.getInstance("X.509", JdkProviders.first("CertificateFactory.X.509").first())
        val certificates = try {
            blocks().filter { it.label in CERTIFICATES }.map { factory.generateCertificate(it.der().inputStream()) as X509Certificate }
        } catch (e: GeneralSecurityException) {
            unusable("holds a certificate that cannot be read (${e.message})", e)
        }
        return certificates.ifEmpty { unusable("holds no '-----BEGIN CERTIFICATE-----'") }
    }

    /** The first private key. */
    fun privateKey(): PrivateKey {
        val block = blocks().firstOrNull { it.label.endsWith("PRIVATE KEY") } ?: unusable("holds no '-----BEGIN PRIVATE KEY-----'")
        if (block.label == "ENCRYPTED PRIVATE KEY" || block.isEncrypted) {
            unusable(
                "holds an encrypted key, which is not supported: decrypt it (openssl pkey -in old.key -out new.key), or give an sslContext",
            )
        }
        val der = block.der()
        try {
            return when (block.label) {
                "PRIVATE KEY" -> PrivateKeys.pkcs8(der)

                "RSA PRIVATE KEY" -> PrivateKeys.pkcs1(der)

                "EC PRIVATE KEY" -> PrivateKeys.sec1(der)

                else -> unusable(
                    "holds a key of the kind '${block.label}': convert it (openssl pkcs8 -topk8 -nocrypt -in old.key -out new.key)",
                )
            }
        } catch (e: GeneralSecurityException) {
            unusable("holds a private key that cannot be read", e)
        }
    }

    private fun blocks(): List<Block> =
        BLOCK.findAll(String(bytes, Charsets.ISO_8859_1)).map { Block(it.groupValues[1], it.groupValues[2]) }.toList()

    private inner class Block(val label: String, private val body: String) {
        /** As OpenSSL writes it: headers before the key, `Proc-Type: 4,ENCRYPTED`. */
        val isEncrypted: Boolean
            get() = "ENCRYPTED" in body

        fun der(): ByteArray = try {
            Base64.getDecoder().decode(body.filterNot(Char::isWhitespace))
        } catch (e: IllegalArgumentException) {
            unusable("holds a block '$label' that is not Base64", e)
        }
    }

    private fun unusable(why: String, cause: Throwable? = null): Nothing =
        throw TlsException(TlsException.Reason.CONFIGURATION, "the file $path of tls $why", cause)

    private companion object {
        val BLOCK = Regex("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", RegexOption.DOT_MATCHES_ALL)
        val CERTIFICATES = setOf("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
    }
}
