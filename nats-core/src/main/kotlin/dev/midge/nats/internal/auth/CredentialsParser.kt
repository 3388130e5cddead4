package dev.midge.nats.internal.auth

import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason

/** A user JWT and the text of the seed that signs for it. */
internal class ParsedCredentials(val jwt: String, val seed: CharArray)

/**
 * Reads the content of a credentials file: the first text between two lines of dashes is the JWT, the second is the seed.
 *
 * As other clients do, it takes any line that begins and ends with three dashes, either line end, and whatever else stands around these
 * blocks; and the byte order mark that editors of Windows put before a text. Source: nats-io/jwt.
 */
internal class CredentialsParser private constructor(private val content: ByteArray) {
    private var position = if (content.startsWith(BYTE_ORDER_MARK)) BYTE_ORDER_MARK.size else 0

    private fun parse(): ParsedCredentials {
        val jwt = nextBlock() ?: invalid("it holds no user JWT between two lines of dashes")
        val seed = nextBlock() ?: invalid("it holds no NKey seed between two lines of dashes, after the user JWT")
        if (!isJwt(jwt)) invalid("its first block is no JWT")
        return ParsedCredentials(String(content, jwt.first, jwt.last - jwt.first + 1, Charsets.US_ASCII), chars(seed))
    }

    /** The one line, trimmed, between the next two lines of dashes that have just one between them; `null` at the end. */
    private fun nextBlock(): IntRange? {
        var opened = false
        var body: IntRange? = null
        while (true) {
            val line = nextLine() ?: return null
            when {
                line.isEmpty() -> Unit

                isDashes(line) -> {
                    if (body != null) return body
                    opened = true
                }

                opened && body == null -> body = line

                else -> {
                    opened = false
                    body = null
                }
            }
        }
    }

    /** The next line, trimmed; it may be empty. */
    private fun nextLine(): IntRange? {
        if (position >= content.size) return null
        var from = position
        var to = from
        while (to < content.size && content[to] != LF) to++
        position = to + 1
        while (from < to && isBlank(content[from])) from++
        while (to > from && isBlank(content[to - 1])) to--
        return from until to
    }

    private fun isDashes(line: IntRange): Boolean {
        if (line.last - line.first + 1 < 2 * DASHES) return false
        return (0 until DASHES).all { content[line.first + it] == DASH && content[line.last - it] == DASH }
    }

    private fun isBlank(byte: Byte): Boolean = byte == ' '.code.toByte() || byte == '\t'.code.toByte() || byte == '\r'.code.toByte()

    /** Three parts in base64url. To be sure: a seed in its place would be sent to the server. */
    private fun isJwt(block: IntRange): Boolean {
        val text = block.map { content[it].toInt().toChar() }
        return text.count { it == '.' } == 2 && text.all { it in 'A'..'Z' || it in 'a'..'z' || it in '0'..'9' || it in "-_.=" }
    }

    private fun chars(range: IntRange) = CharArray(range.last - range.first + 1) { (content[range.first + it].toInt() and 0xFF).toChar() }

    companion object {
        /** Many times what `nsc` writes for a user with many permissions. */
        const val MAX_BYTES: Int = 64 * 1024
        private const val DASHES = 3
        private val BYTE_ORDER_MARK = byteArrayOf(0xEF.toByte(), 0xBB.toByte(), 0xBF.toByte())

        /** How UTF-16 begins, in either order. */
        private val WIDE = listOf(byteArrayOf(-1, -2), byteArrayOf(-2, -1))

        private fun ByteArray.startsWith(mark: ByteArray) = size >= mark.size && mark.indices.all { this[it] == mark[it] }
        private const val DASH = '-'.code.toByte()
        private const val LF = '\n'.code.toByte()

        /**
         * What [content] holds. The caller wipes it, and the seed of the result.
         *
         * @throws AuthenticationException if it is no credentials file; the message says what is missing and never shows any of it.
         */
        fun parse(content: ByteArray): ParsedCredentials {
            if (content.size > MAX_BYTES) invalid("it is longer than $MAX_BYTES bytes")
            if (WIDE.any { content.startsWith(it) }) invalid("it is UTF-16; save it as UTF-8")
            return CredentialsParser(content).parse()
        }

        private fun invalid(reason: String): Nothing = throw AuthenticationException(
            "the credentials are not valid: $reason; nsc generate creds makes such a file",
            reason = Reason.UNAVAILABLE,
        )
    }
}
