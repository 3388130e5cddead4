package dev.midge.nats.internal.tls

import java.security.Provider
import java.security.Security

/**
 * The JDK's own providers of cryptography, wherever they stand in its list. Its TLS compares names of algorithms, and knows its own: an
 * Ed25519 key or certificate that Bouncy Castle has read calls itself otherwise, and is never shown to a server.
 */
internal object JdkProviders {
    /** All that have [service] (`type.algorithm`), the JDK's before others. Some JVMs have none of the JDK's. */
    fun first(service: String): List<Provider> = Security.getProviders(service).orEmpty().sortedBy { !isJdk(it) }

    private fun isJdk(provider: Provider): Boolean {
        val module = provider.javaClass.module.name ?: return false
        return module.startsWith("java.") || module.startsWith("jdk.")
    }
}
