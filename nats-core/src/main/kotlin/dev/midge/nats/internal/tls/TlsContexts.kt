package dev.midge.nats.internal.tls

import dev.midge.nats.TlsException
import dev.midge.nats.TlsOptions
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.security.GeneralSecurityException
import java.security.MessageDigest
import javax.net.ssl.SSLContext

/**
 * The `SSLContext` of [options], whose files are read again each time. Sessions live in the context, so that it is kept while the files hold
 * the same bytes. Thread-safe.
 */
internal class TlsContexts(private val options: TlsOptions) {
    /** What [last] was made of: a digest, for one of the files is a key. Guarded by `this`. */
    private var lastDigest: ByteArray? = null
    private var last: SSLContext? = null

    /**
     * Blocks for files and for a user's supplier.
     *
     * @throws TlsException if a file cannot be read or used.
     */
    fun current(): SSLContext {
        options.sslContext?.let { return it() }
        if (options.trustAnchors == null && options.certificateChain == null) return SSLContext.getDefault()
        val files = PemFiles(options.trustAnchors?.let(::read), options.certificateChain?.let(::read), options.privateKey?.let(::read))
        return synchronized(this) {
            val digest = files.digest()
            last?.takeIf { MessageDigest.isEqual(digest, lastDigest) } ?: files.toContext().also {
                last = it
                lastDigest = digest
            }
        }
    }

    private fun read(path: Path): PemFile = try {
        PemFile(path, Files.readAllBytes(path))
    } catch (e: IOException) {
        throw TlsException(TlsException.Reason.CONFIGURATION, "the file $path of tls cannot be read: $e", e)
    }
}

/** The contents of the files at one moment. */
private class PemFiles(private val trustAnchors: PemFile?, private val chain: PemFile?, private val key: PemFile?) {
    fun digest(): ByteArray {
        val digest = MessageDigest.getInstance("SHA-256")
        for (file in listOf(trustAnchors, chain, key)) {
            // The length keeps apart what is moved from one file to the next.
            digest.update("${file?.bytes?.size} ".encodeToByteArray())
            file?.let { digest.update(it.bytes) }
        }
        return digest.digest()
    }

    fun toContext(): SSLContext {
        val trust = trustAnchors?.let { trustManagers(it.certificates()) }
        val keys = if (chain == null || key == null) null else keyManagers(chain, key)
        return try {
            SSLContext.getInstance("TLS").apply { init(keys, trust, null) }
        } catch (e: GeneralSecurityException) {
            throw TlsException(TlsException.Reason.CONFIGURATION, "the JVM cannot use the certificates of tls: ${e.message}", e)
        }
    }
}
