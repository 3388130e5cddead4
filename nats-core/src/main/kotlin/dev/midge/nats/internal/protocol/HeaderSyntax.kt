package dev.midge.nats.internal.protocol

/** The rules of header names and values (ADR-4), so that no value can end its line and inject another. */
internal object HeaderSyntax {
    private const val FIRST_PRINTABLE = '!'
    private const val LAST_PRINTABLE = '~'

    /** Which rule [name] breaks, or `null`. */
    fun nameViolation(name: String): String? {
        if (name.isEmpty()) return "the name is empty"
        val bad = name.indexOfFirst { it < FIRST_PRINTABLE || it > LAST_PRINTABLE || it == ':' }
        return if (bad < 0) null else "the name holds the character U+%04X; printable ASCII without ':' is allowed".format(name[bad].code)
    }

    /** Which rule [value] breaks, or `null`. */
    fun valueViolation(value: String): String? {
        val bad = value.indexOfFirst { it == '\r' || it == '\n' }
        return if (bad < 0) null else "the value holds a line break at position $bad"
    }
}
