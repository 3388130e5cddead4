package dev.midge.nats.testing.internal.embedded

import org.springframework.security.crypto.bcrypt.BCrypt
import java.security.MessageDigest

/** A password or token that clients have to present, as servers are told it: in clear, or by its bcrypt hash. */
internal class Secret(private val told: String) {
    private val isHash = HASH.containsMatchIn(told)

    init {
        require(!isHash || BCRYPT_IS_THERE) {
            "a password or token is given by its bcrypt hash: add org.springframework.security:spring-security-crypto to the class path"
        }
    }

    fun isSame(presented: String): Boolean = if (isHash) {
        try {
            BCrypt.checkpw(presented, told)
        } catch (_: IllegalArgumentException) {
            // It only looks like a hash: nobody can present what it is of.
            false
        }
    } else {
        MessageDigest.isEqual(told.encodeToByteArray(), presented.encodeToByteArray())
    }

    private companion object {
        /** What real servers take for a hash: its version and its cost. */
        val HASH = Regex("""^\$2[abxy]\$\d{2}\$.""")

        val BCRYPT_IS_THERE =
            try {
                Class.forName("org.springframework.security.crypto.bcrypt.BCrypt", false, Secret::class.java.classLoader)
                true
            } catch (_: ClassNotFoundException) {
                false
            }
    }
}
