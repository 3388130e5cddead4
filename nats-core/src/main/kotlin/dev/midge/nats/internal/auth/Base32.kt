package dev.midge.nats.internal.auth

/** Base32 of RFC 4648, section 6, without padding: how NKeys are written. */
internal object Base32 {
    private const val ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    private const val BITS = 5
    private const val MASK = (1 shl BITS) - 1

    fun encode(bytes: ByteArray): String = buildString((bytes.size * Byte.SIZE_BITS + BITS - 1) / BITS) {
        var pending = 0
        var count = 0
        for (byte in bytes) {
            pending = (pending shl Byte.SIZE_BITS) or (byte.toInt() and 0xFF)
            count += Byte.SIZE_BITS
            while (count >= BITS) {
                count -= BITS
                append(ALPHABET[(pending shr count) and MASK])
            }
        }
        if (count > 0) append(ALPHABET[(pending shl (BITS - count)) and MASK])
    }

    /** The bytes of [text], or `null` if no bytes are written that way: another character, or bits left over that are not zero. */
    fun decode(text: CharArray): ByteArray? {
        val bytes = ByteArray(text.size * BITS / Byte.SIZE_BITS)
        var pending = 0
        var count = 0
        var size = 0
        for (char in text) {
            val value = ALPHABET.indexOf(char)
            if (value < 0) return wiped(bytes)
            pending = (pending shl BITS) or value
            count += BITS
            if (count >= Byte.SIZE_BITS) {
                count -= Byte.SIZE_BITS
                bytes[size++] = (pending shr count).toByte()
            }
        }
        val complete = count < BITS && pending and ((1 shl count) - 1) == 0
        return if (complete) bytes else wiped(bytes)
    }

    private fun wiped(bytes: ByteArray): ByteArray? {
        bytes.fill(0)
        return null
    }
}
