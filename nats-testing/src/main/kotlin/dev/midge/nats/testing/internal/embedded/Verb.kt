package dev.midge.nats.testing.internal.embedded

/** What may stand between a verb and the end of its line. */
internal enum class Arguments {
    /** Anything, which is skipped: `PING and so on`. */
    IGNORED,

    /** Text that may follow at once: `CONNECT{}`. */
    FREE,

    /** Text after at least one blank: `SUB a 1`. */
    SEPARATED,
}

/** What a client may say, in the protocol's own words; servers read them in any case. */
internal enum class Verb(text: String, val arguments: Arguments) {
    PUB("PUB", Arguments.SEPARATED),
    HPUB("HPUB", Arguments.SEPARATED),
    SUB("SUB", Arguments.SEPARATED),
    UNSUB("UNSUB", Arguments.SEPARATED),
    PING("PING", Arguments.IGNORED),
    PONG("PONG", Arguments.IGNORED),
    CONNECT("CONNECT", Arguments.FREE),
    INFO("INFO", Arguments.FREE),
    OK("+OK", Arguments.IGNORED),
    ERR("-ERR", Arguments.SEPARATED),
    ;

    /** In small letters. */
    val word: ByteArray = text.lowercase().encodeToByteArray()

    val length: Int get() = word.size

    /** Whether the line in [bytes] from [start] to [end] begins with this verb or, if it is shorter, could still become it. */
    fun fits(bytes: ByteArray, start: Int, end: Int): Boolean {
        for (i in 0 until minOf(word.size, end - start)) {
            if (lower(bytes[start + i]) != word[i]) return false
        }
        return true
    }

    companion object {
        private val ALL = entries.toTypedArray()

        /** The verb that the line in [bytes] from [start] to [end] begins with or could still become. */
        fun of(bytes: ByteArray, start: Int, end: Int): Verb? {
            // In the order of ALL, so the verb of nearly every line is met first.
            for (verb in ALL) if (verb.fits(bytes, start, end)) return verb
            return null
        }

        private fun lower(byte: Byte): Byte = if (byte in UPPER_A..UPPER_Z) (byte + CASE_DISTANCE).toByte() else byte

        private const val UPPER_A = 'A'.code.toByte()
        private const val UPPER_Z = 'Z'.code.toByte()
        private const val CASE_DISTANCE = 'a'.code - 'A'.code
    }
}
