package dev.midge.nats.serialization.internal

import kotlinx.io.Sink
import kotlinx.io.writeString

/** JSON strings (RFC 8259, 7), with the escapes that kotlinx-serialization chooses among those that are allowed. */
internal object JsonText {
    private const val QUOTE = '"'.code.toByte()

    /** What stands for a character, by its code; `null` if it stands for itself. */
    private val escapes: Array<ByteArray?> = Array('\\'.code + 1) { code -> escape(code.toChar())?.encodeToByteArray() }

    private fun escape(char: Char): String? = when (char) {
        '"' -> "\\\""
        '\\' -> "\\\\"
        '\t' -> "\\t"
        '\b' -> "\\b"
        '\n' -> "\\n"
        '\r' -> "\\r"
        '\u000C' -> "\\f"
        else -> if (char < ' ') "\\u%04x".format(char.code) else null
    }

    fun writeQuoted(sink: Sink, text: String) {
        sink.writeByte(QUOTE)
        var written = 0
        for (i in text.indices) {
            val code = text[i].code
            if (code >= escapes.size) continue
            val escape = escapes[code] ?: continue
            sink.writeString(text, written, i)
            sink.write(escape)
            written = i + 1
        }
        sink.writeString(text, written)
        sink.writeByte(QUOTE)
    }
}
