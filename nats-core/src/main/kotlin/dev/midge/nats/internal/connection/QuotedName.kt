package dev.midge.nats.internal.connection

/**
 * A subject or queue group in an error text of the server, which quotes names as Go's `%q` does: in double quotes, with escapes for
 * quotes, backslashes and whatever does not print. Line ends are in no name, and are not let through to whoever logs one.
 *
 * @property name the name as the client wrote it.
 * @property end the index behind the closing quote.
 */
internal class QuotedName private constructor(val name: String, val end: Int) {
    companion object {
        private const val HEX = 16
        private const val SHORT_ESCAPES = "abfv\\\""
        private const val SHORT_MEANINGS = "\u0007\b\u000C\u000B\\\""

        /** The name that is quoted in [text] from [start] on, or `null` if there is none. In one pass, however long [text] is. */
        fun read(text: String, start: Int): QuotedName? {
            if (text.getOrNull(start) != '"') return null
            val name = StringBuilder()
            var at = start + 1
            while (at < text.length) {
                when (val c = text[at]) {
                    '"' -> return QuotedName(name.toString(), at + 1)

                    '\\' -> {
                        val length = unescape(text, at + 1, name)
                        if (length == 0) return null
                        at += 1 + length
                    }

                    else -> {
                        name.append(c)
                        at++
                    }
                }
            }
            return null
        }

        /** Appends what the escape at [at], behind its backslash, stands for; returns its length, or 0 if it is none. */
        private fun unescape(text: String, at: Int, name: StringBuilder): Int {
            val kind = text.getOrNull(at) ?: return 0
            val short = SHORT_ESCAPES.indexOf(kind)
            if (short >= 0) {
                name.append(SHORT_MEANINGS[short])
                return 1
            }
            val digits = when (kind) {
                'x' -> 2
                'u' -> 4
                'U' -> 8
                else -> return 0
            }
            if (at + 1 + digits > text.length) return 0
            val code = text.substring(at + 1, at + 1 + digits).toIntOrNull(HEX) ?: return 0
            if (!Character.isValidCodePoint(code) || code == '\n'.code || code == '\r'.code) return 0
            name.appendCodePoint(code)
            return 1 + digits
        }
    }
}
