package dev.midge.nats.internal.protocol

import dev.midge.nats.Headers
import dev.midge.nats.MalformedHeadersException
import dev.midge.nats.NatsStatus

/**
 * The header block of HPUB and HMSG (ADR-4):
 * ```
 * NATS/1.0[ <status>[ <description>]]␍␊
 * <name>:[ ]<value>␍␊ …
 * ␍␊
 * ```
 */
internal class HeaderBlock private constructor(val headers: Headers, val status: NatsStatus?) {
    companion object {
        private const val VERSION = "NATS/1.0"
        private const val END_OF_LINE = "\r\n"
        private const val STATUS_DIGITS = 3

        /** The block of [entries], which have been checked by [HeaderSyntax]. */
        fun encode(entries: List<Pair<String, String>>): ByteArray = buildString {
            append(VERSION).append(END_OF_LINE)
            for ((name, value) in entries) append(name).append(": ").append(value).append(END_OF_LINE)
            append(END_OF_LINE)
        }.encodeToByteArray()

        /** @throws MalformedHeadersException if [block] does not follow the grammar. */
        fun decode(block: ByteArray): HeaderBlock {
            val text = block.decodeToString()
            if (!text.startsWith(VERSION)) malformed("the block does not begin with $VERSION")
            if (!text.endsWith(END_OF_LINE + END_OF_LINE)) malformed("the block does not end with an empty line")
            val lines = text.substring(VERSION.length, text.length - 2 * END_OF_LINE.length).split(END_OF_LINE)
            val entries = lines.drop(1).map(::entry)
            return HeaderBlock(if (entries.isEmpty()) Headers.Empty else Headers(entries), status(lines.first()))
        }

        /** The status code of a block, or 0, without decoding the rest: a request asks this of each reply. */
        fun statusCode(block: ByteArray): Int {
            var at = VERSION.length
            while (at < block.size && block[at] == ' '.code.toByte()) at++
            if (at == VERSION.length || block.size < at + STATUS_DIGITS) return 0
            var code = 0
            for (i in at until at + STATUS_DIGITS) {
                val digit = block[i] - '0'.code
                if (digit !in 0..9) return 0
                code = code * 10 + digit
            }
            return code
        }

        private fun status(line: String): NatsStatus? {
            val words = line.trim(' ')
            if (words.isEmpty()) return null
            if (line[0] != ' ') malformed("the version is not $VERSION")
            val code = words.substringBefore(' ')
            if (code.length != STATUS_DIGITS || code.any { it !in '0'..'9' }) malformed("'$code' is not a status")
            return NatsStatus(code.toInt(), words.substringAfter(' ', "").trim(' '))
        }

        private fun entry(line: String): Pair<String, String> {
            val colon = line.indexOf(':')
            if (colon <= 0) malformed("a line has no name")
            // One space belongs to the separator; a value's own leading spaces stay.
            val valueFrom = if (line.startsWith(" ", colon + 1)) colon + 2 else colon + 1
            // Whoever passes these headers on must not pass on another line with them.
            if (HeaderSyntax.valueViolation(line) != null) malformed("a line holds a bare CR or LF")
            return line.substring(0, colon) to line.substring(valueFrom)
        }

        private fun malformed(reason: String): Nothing = throw MalformedHeadersException(reason)
    }
}
