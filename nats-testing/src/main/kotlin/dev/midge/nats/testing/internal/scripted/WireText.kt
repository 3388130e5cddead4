package dev.midge.nats.testing.internal.scripted

/** [bytes] as one can read them in a message: quoted, one character a byte, and shortened in the middle of nowhere. */
internal fun printable(bytes: ByteArray): String {
    val shown = bytes.take(MAX_SHOWN).joinToString("") { printable(it) }
    return if (bytes.size <= MAX_SHOWN) "\"$shown\"" else "\"$shown\"... (${bytes.size} bytes)"
}

private fun printable(byte: Byte): String = when (val char = byte.toInt().toChar()) {
    '\r' -> "\\r"
    '\n' -> "\\n"
    '"' -> "\\\""
    '\\' -> "\\\\"
    in ' '..'~' -> char.toString()
    else -> "\\x%02x".format(byte)
}

/** The longest line that real clients send without headers. */
private const val MAX_SHOWN = 4096
