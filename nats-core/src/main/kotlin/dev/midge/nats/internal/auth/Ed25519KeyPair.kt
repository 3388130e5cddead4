package dev.midge.nats.internal.auth

import java.security.GeneralSecurityException
import java.security.InvalidKeyException
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.Signature
import java.security.interfaces.EdECPrivateKey
import java.security.spec.NamedParameterSpec

/** An Ed25519 key pair of the JDK (RFC 8032), made from its seed. */
internal class Ed25519KeyPair private constructor(private val pair: KeyPair) {
    /** The 32 bytes of the public key, which end its X.509 form (RFC 8410, section 4). */
    val publicKey: ByteArray
        get() = pair.public.encoded.let { it.copyOfRange(it.size - KEY_BYTES, it.size) }

    /** The 64 bytes of the signature of [message]. */
    fun sign(message: ByteArray): ByteArray = Signature.getInstance(ALGORITHM).run {
        initSign(pair.private)
        update(message)
        sign()
    }

    companion object {
        private const val ALGORITHM = "Ed25519"
        private const val KEY_BYTES = 32

        /**
         * The pair whose private key is [seed]. The JDK keeps a copy that cannot be wiped; it is garbage when the pair is.
         *
         * @throws java.security.GeneralSecurityException if this JVM has no Ed25519, or one that makes keys in another way.
         */
        fun of(seed: ByteArray): Ed25519KeyPair {
            // The JDK derives a public key only where it generates a pair; what it takes from the source of randomness is the private key.
            // Whether other providers do too is seen from what they make.
            val providers = Security.getProviders("KeyPairGenerator.$ALGORITHM").orEmpty()
            return providers.firstNotNullOfOrNull { of(seed, it) }
                ?: throw InvalidKeyException("none of the security providers ${providers.toList()} makes Ed25519 keys as the JDK's does")
        }

        private fun of(seed: ByteArray, provider: Provider): Ed25519KeyPair? = try {
            val generator = KeyPairGenerator.getInstance(ALGORITHM, provider)
            generator.initialize(NamedParameterSpec.ED25519, Seeded(seed))
            val pair = generator.generateKeyPair()
            val used = (pair.private as? EdECPrivateKey)?.bytes?.orElse(null)
            val taken = used.contentEquals(seed)
            used?.fill(0)
            Ed25519KeyPair(pair).takeIf { taken }
        } catch (e: GeneralSecurityException) {
            // It does not know the curve by the JDK's name.
            null
        }
    }

    private class Seeded(private val seed: ByteArray) : SecureRandom() {
        override fun nextBytes(bytes: ByteArray) {
            seed.copyInto(bytes)
        }
    }
}
