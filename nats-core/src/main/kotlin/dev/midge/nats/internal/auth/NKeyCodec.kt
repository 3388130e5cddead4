package dev.midge.nats.internal.auth

import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason

/** Whose key it is. The prefix makes the first letter of the key's text. */
internal enum class NKeyType(val prefix: Int) {
    OPERATOR(14 shl 3),
    ACCOUNT(0),
    USER(20 shl 3),
    SERVER(13 shl 3),
    CLUSTER(2 shl 3),
    CURVE(23 shl 3),
}

/** The private half of an NKey: what an Ed25519 key pair is made of. */
internal class NKeySeed(val type: NKeyType, val bytes: ByteArray) {
    /** To be called after use. */
    fun wipe() {
        bytes.fill(0)
    }
}

/**
 * The text form of NKeys: base32 of a prefix, 32 bytes and a checksum, CRC-16 with its low byte first.
 *
 * Source: NATS documentation, "NKeys"; nats-io/nkeys.
 */
internal object NKeyCodec {
    private const val KEY_BYTES = 32
    private const val CHECKSUM_BYTES = 2
    private const val SEED_PREFIX_BYTES = 2
    private const val SEED_BYTES = SEED_PREFIX_BYTES + KEY_BYTES + CHECKSUM_BYTES

    /** A seed's text: 36 bytes, five bits a character. */
    private const val SEED_CHARS = 58
    private const val SEED_PREFIX = 18 shl 3

    /** What editors of Windows put before a text. */
    private const val BYTE_ORDER_MARK = '\uFEFF'
    private const val PREFIX_MASK = 0xF8

    fun encodePublic(type: NKeyType, key: ByteArray): String {
        require(key.size == KEY_BYTES) { "a public key has $KEY_BYTES bytes, not ${key.size}" }
        val body = byteArrayOf(type.prefix.toByte()) + key
        val checksum = crc16(body, body.size)
        return Base32.encode(body + byteArrayOf(checksum.toByte(), (checksum shr Byte.SIZE_BITS).toByte()))
    }

    /**
     * The seed that [text] writes, with or without white space around it. The caller wipes both.
     *
     * @throws AuthenticationException if it is none; the message says why and never shows it.
     */
    fun decodeSeed(text: CharArray): NKeySeed {
        val from = text.indexOfFirst { !it.isWhitespace() && it != BYTE_ORDER_MARK }
        val to = text.indexOfLast { !it.isWhitespace() } + 1
        if (to - from != SEED_CHARS) invalid("it is ${to - maxOf(from, 0)} characters long instead of $SEED_CHARS")
        val trimmed = text.copyOfRange(from, to)
        val bytes = Base32.decode(trimmed)
        trimmed.fill('\u0000')
        if (bytes == null) invalid("it holds a character that no seed has, or was damaged")
        try {
            return checkedSeed(bytes)
        } finally {
            bytes.fill(0)
        }
    }

    private fun checkedSeed(bytes: ByteArray): NKeySeed {
        val end = SEED_BYTES - CHECKSUM_BYTES
        val checksum = unsigned(bytes[end]) or (unsigned(bytes[end + 1]) shl Byte.SIZE_BITS)
        if (crc16(bytes, end) != checksum) invalid("its checksum is wrong: it was mistyped or damaged")
        if (unsigned(bytes[0]) and PREFIX_MASK != SEED_PREFIX) invalid("it is another kind of key; a seed begins with S")
        // Five bits a letter: the type is the second letter, so that it lies across the two bytes.
        val prefix = (unsigned(bytes[0]) shl 5 and 0xE0) or (unsigned(bytes[1]) shr 3)
        val type = NKeyType.entries.find { it.prefix == prefix } ?: invalid("its second letter is no type of key")
        return NKeySeed(type, bytes.copyOfRange(SEED_PREFIX_BYTES, end))
    }

    /** CRC-16/XMODEM of the first [size] bytes. */
    private fun crc16(bytes: ByteArray, size: Int): Int {
        var crc = 0
        for (i in 0 until size) {
            crc = crc xor (unsigned(bytes[i]) shl Byte.SIZE_BITS)
            repeat(Byte.SIZE_BITS) { crc = if (crc and 0x8000 != 0) (crc shl 1) xor POLYNOMIAL else crc shl 1 }
        }
        return crc and 0xFFFF
    }

    private const val POLYNOMIAL = 0x1021

    private fun unsigned(byte: Byte): Int = byte.toInt() and 0xFF

    private fun invalid(reason: String): Nothing = throw AuthenticationException(
        "the NKey seed is not valid: $reason; a user's seed begins with SU, and nsc or nk makes one",
        reason = Reason.UNAVAILABLE,
    )
}
