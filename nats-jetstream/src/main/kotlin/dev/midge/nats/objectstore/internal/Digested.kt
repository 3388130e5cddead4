package dev.midge.nats.objectstore.internal

import java.security.MessageDigest
import java.util.Base64

/** The chunks of an object that have gone by: how many, how many bytes, and their SHA-256. One coroutine adds; others may look. */
internal class Digested {
    private val sha = MessageDigest.getInstance("SHA-256")

    @Volatile
    var chunks = 0L
        private set

    @Volatile
    var bytes = 0L
        private set

    fun add(chunk: ByteArray) {
        chunks++
        bytes += chunk.size
        sha.update(chunk)
    }

    /** Ends the digest. */
    fun digest(): String = PREFIX + Base64.getUrlEncoder().encodeToString(sha.digest())

    companion object {
        private const val PREFIX = "SHA-256="

        /** Whether both say the same: some write another alphabet, or no padding. */
        fun isSame(one: String, other: String): Boolean = plain(one) == plain(other)

        private fun plain(digest: String) = digest.trimEnd('=').replace('+', '-').replace('/', '_')
    }
}
