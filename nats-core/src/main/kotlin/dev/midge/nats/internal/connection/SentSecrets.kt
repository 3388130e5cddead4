package dev.midge.nats.internal.connection

import dev.midge.nats.AuthResponse
import dev.midge.nats.ProtocolException

/**
 * What a CONNECT said that nobody else is to read. A server may say it again, in an error for example, and its words reach logs, events and
 * exceptions: [mask] takes it out of them.
 *
 * @param secrets are masked wherever they are found, also in part.
 * @param names are masked only as values of CONNECT's JSON: a user's name is a word that may mean something else elsewhere, and so is a
 *   secret of few letters.
 */
internal class SentSecrets(secrets: List<String>, names: List<String>) {
    private val long = secrets.filter { it.length >= SHORTEST }
    private val short = names + secrets.filter { it.length in 1 until SHORTEST }

    /** Pieces of secrets, by their length. Made when they are needed, which is rare. */
    private val pieces: Map<Int, Set<String>> by lazy {
        val whole = long.flatMap { listOf(it, escaped(it), escaped(escaped(it))) }
        val values = short.flatMap { listOf(":\"${escaped(it)}\"", ":\\\"${escaped(escaped(it))}\\\"") }
        // A text that was cut off may hold the beginning or the end of a secret.
        (whole.flatMap { it.windowed(minOf(PIECE, it.length)) } + values).groupBy { it.length }.mapValues { it.value.toHashSet() }
    }

    /** [text], with `***` for whatever it holds of the secrets. */
    fun mask(text: String): String {
        if (long.isEmpty() && short.isEmpty()) return text
        val secret = BooleanArray(text.length)
        for ((length, known) in pieces) {
            for (from in 0..text.length - length) {
                if (text.substring(from, from + length) in known) secret.fill(true, from, from + length)
            }
        }
        return if (secret.none { it }) text else masked(text, secret)
    }

    /** [failure], whose message may quote the server. */
    fun mask(failure: ProtocolException): ProtocolException {
        val masked = mask(failure.message)
        return if (masked == failure.message) failure else ProtocolException(masked)
    }

    private fun masked(text: String, secret: BooleanArray) = buildString {
        for (at in text.indices) {
            if (!secret[at]) {
                append(text[at])
            } else if (at == 0 || !secret[at - 1]) {
                append("***")
            }
        }
    }

    /** As JSON writes it, and Go's `%q`; twice, if one quotes the other. */
    private fun escaped(text: String): String = text.replace("\\", "\\\\").replace("\"", "\\\"")

    companion object {
        val None = SentSecrets(emptyList(), emptyList())

        /** A shorter one may be a part of any word. */
        private const val SHORTEST = 6

        /** A secret that is cut to less than this is none any more. */
        private const val PIECE = 8

        /** What [credentials] hold, whose signature is sent as [signature]. */
        fun of(credentials: AuthResponse, signature: String?): SentSecrets = SentSecrets(
            listOfNotNull(credentials.password, credentials.token, credentials.jwt, signature),
            listOfNotNull(credentials.user, credentials.nkey).filter(String::isNotEmpty),
        )
    }
}
