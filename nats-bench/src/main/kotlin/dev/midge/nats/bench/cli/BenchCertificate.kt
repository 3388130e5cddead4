package dev.midge.nats.bench.cli

import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore
import java.util.Base64
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import kotlin.io.path.inputStream
import kotlin.io.path.writeText

/** A certificate for loopback, made by the `keytool` of the JDK that runs this; its files are gone after [close]. */
internal class BenchCertificate : AutoCloseable {
    private val directory = Files.createTempDirectory("nats-bench")

    /** The keys, for other processes: see [serverContext] and [clientContext]. */
    val keyStore: Path = generate()
    private val keys = load(keyStore)
    private val chain = pem("CERTIFICATE", keys.getCertificate(ALIAS).encoded)
    private val key = pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).encoded)

    /** What a server's configuration has to hold. */
    val serverConfig = "tls { cert_file: \"$chain\", key_file: \"$key\" }\n"

    /** Trusts this certificate alone. */
    val sslContext: SSLContext = clientContext(keyStore)

    override fun close() {
        directory.toFile().deleteRecursively()
    }

    private fun generate(): Path {
        val file = directory.resolve("keys.p12")
        val keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString()
        val name = listOf("-alias", ALIAS, "-dname", "CN=nats-bench", "-ext", "san=dns:localhost,ip:127.0.0.1")
        val store = listOf("-storetype", TYPE, "-keystore", "$file", "-storepass", PASSWORD)
        val process = ProcessBuilder(listOf(keytool, "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1") + name + store)
            .redirectErrorStream(true)
            .start()
        val output = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "keytool made no certificate: $output" }
        return file
    }

    private fun pem(label: String, der: ByteArray): Path {
        val body = Base64.getMimeEncoder().encodeToString(der)
        return Files.createTempFile(directory, "", ".pem").apply { writeText("-----BEGIN $label-----\n$body\n-----END $label-----\n") }
    }

    companion object {
        /** Trusts the certificate in [keyStore] alone. */
        fun clientContext(keyStore: Path): SSLContext = SSLContext.getInstance("TLS").apply {
            val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
            init(null, trust.apply { init(load(keyStore)) }.trustManagers, null)
        }

        /** Has the certificate and the key in [keyStore]. */
        fun serverContext(keyStore: Path): SSLContext = SSLContext.getInstance("TLS").apply {
            val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
            init(keys.apply { init(load(keyStore), PASSWORD.toCharArray()) }.keyManagers, null, null)
        }

        private fun load(keyStore: Path): KeyStore =
            KeyStore.getInstance(TYPE).apply { keyStore.inputStream().use { load(it, PASSWORD.toCharArray()) } }

        private const val TYPE = "PKCS12"
        private const val ALIAS = "bench"

        /** Of a file that lives as long as one measurement, in a directory of its own. */
        private const val PASSWORD = "nats-bench"
    }
}
