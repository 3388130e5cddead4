package dev.midge.nats.testing.internal.embedded

internal const val CR: Byte = '\r'.code.toByte()
internal const val LF: Byte = '\n'.code.toByte()
internal const val SPACE: Byte = ' '.code.toByte()
internal const val TAB: Byte = '\t'.code.toByte()

/** The length of the end of a line. */
internal const val CRLF_LENGTH: Int = 2

internal fun isBlank(byte: Byte): Boolean = byte == SPACE || byte == TAB

/** The index of the first line feed from [start] on and before [end], or -1. */
internal fun indexOfLineFeed(bytes: ByteArray, start: Int, end: Int): Int {
    for (i in start until end) if (bytes[i] == LF) return i
    return -1
}

/** The longest number that servers read: nine digits, which no [Int] overflows on. */
private const val MAX_DIGITS = 9

/** The unsigned decimal in [bytes] from [start] to [end]; -1 if it is anything else, or too long. */
internal fun parseSize(bytes: ByteArray, start: Int, end: Int): Int {
    if (end - start !in 1..MAX_DIGITS) return -1
    var value = 0
    for (i in start until end) {
        val digit = bytes[i] - '0'.code.toByte()
        if (digit !in 0..9) return -1
        value = value * 10 + digit
    }
    return value
}

/**
 * Bytes as text in which every byte is one character. Subjects are compared by byte, so this is exact for UTF-8 as well, and nothing that
 * a client sends can fail to decode.
 */
internal fun latin1(bytes: ByteArray, start: Int, end: Int): String = String(bytes, start, end - start, Charsets.ISO_8859_1)

/** The opposite of [latin1]. */
internal fun String.latin1Bytes(): ByteArray = toByteArray(Charsets.ISO_8859_1)
