package dev.midge.nats.internal.client

import dev.midge.nats.Subject
import java.security.SecureRandom

/** Makes inboxes below [prefix]: nobody guesses another client's. */
internal class Inboxes(private val prefix: Subject) {
    /** An inbox that nobody has. */
    fun next(): Subject = Subject(nextText())

    fun nextText(): String {
        val bytes = ByteArray(TOKEN_LENGTH).also(random::nextBytes)
        return "$prefix." + String(CharArray(TOKEN_LENGTH) { ALPHABET[bytes[it].toInt() and ALPHABET.lastIndex] })
    }

    private companion object {
        /** 22 characters of 64 are 132 bits. */
        const val TOKEN_LENGTH = 22
        const val ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

        val random = SecureRandom()
    }
}
