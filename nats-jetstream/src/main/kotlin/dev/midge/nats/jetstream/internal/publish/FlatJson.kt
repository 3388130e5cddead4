package dev.midge.nats.jetstream.internal.publish

/**
 * Steps through the bytes of a JSON object without nesting and escapes. Whatever it does not take is for a parser: it never says that
 * something is wrong.
 */
internal class FlatJson(private val bytes: ByteArray) {
    private var at = 0

    /** A text of the JSON, with the bytes that it was. */
    class Text(val bytes: ByteArray) {
        val value: String = bytes.decodeToString()
    }

    /** Whether nothing follows but white space. */
    val isAtEnd: Boolean
        get() {
            skipSpace()
            return at == bytes.size
        }

    /** Steps over [char], and white space before it. */
    fun takes(char: Char): Boolean {
        skipSpace()
        if (at >= bytes.size || bytes[at] != char.code.toByte()) return false
        at++
        return true
    }

    /** Steps over [key] and its colon; over nothing if another one is next. */
    fun hasKey(key: ByteArray): Boolean {
        skipSpace()
        val begin = at
        if (takes('"') && isNext(key)) {
            at += key.size
            if (takes('"') && takes(':')) return true
        }
        at = begin
        return false
    }

    /** A text that is not empty; [known] if it is the same. */
    fun text(known: Text?): Text? {
        if (!takes('"')) return null
        val begin = at
        while (at < bytes.size && bytes[at] != QUOTE) {
            // Escapes and control characters; bytes of longer characters are negative.
            if (bytes[at] == BACKSLASH || bytes[at] in 0 until SPACE) return null
            at++
        }
        val end = at
        if (end == begin || !takes('"')) return null
        if (known != null && java.util.Arrays.equals(bytes, begin, end, known.bytes, 0, known.bytes.size)) return known
        return Text(bytes.copyOfRange(begin, end))
    }

    /** A whole number that is not negative and fits into a Long; otherwise -1. */
    fun number(): Long {
        skipSpace()
        val begin = at
        var number = 0L
        while (at < bytes.size && bytes[at] in ZERO..NINE) number = number * DECIMAL + (bytes[at++] - ZERO)
        return if (at - begin in 1..MOST_DIGITS) number else -1
    }

    fun flag(): Boolean? {
        skipSpace()
        val word = if (isNext(TRUE)) {
            TRUE
        } else if (isNext(FALSE)) {
            FALSE
        } else {
            return null
        }
        at += word.size
        return word === TRUE
    }

    private fun isNext(word: ByteArray): Boolean {
        if (bytes.size - at < word.size) return false
        for (i in word.indices) if (bytes[at + i] != word[i]) return false
        return true
    }

    private fun skipSpace() {
        while (at < bytes.size && bytes[at].isSpace) at++
    }

    private val Byte.isSpace: Boolean
        get() = this == SPACE.toByte() || this == TAB || this == LINE_FEED || this == CARRIAGE_RETURN

    private companion object {
        const val QUOTE = '"'.code.toByte()
        const val BACKSLASH = '\\'.code.toByte()
        const val SPACE = 0x20
        const val TAB = '\t'.code.toByte()
        const val LINE_FEED = '\n'.code.toByte()
        const val CARRIAGE_RETURN = '\r'.code.toByte()
        const val ZERO = '0'.code.toByte()
        const val NINE = '9'.code.toByte()
        const val DECIMAL = 10

        /** No number of 18 digits is too large for a Long. */
        const val MOST_DIGITS = 18
        val TRUE = "true".encodeToByteArray()
        val FALSE = "false".encodeToByteArray()
    }
}
