package dev.midge.nats.internal.auth

import java.security.SecureRandom

/** A fresh NKey, its seed written by another way than the product's. */
internal class TestKey(val type: NKeyType, val raw: ByteArray = ByteArray(32).also(SecureRandom()::nextBytes)) {
    private val pair = Ed25519KeyPair.of(raw)

    /** `S` and the type's letter, and so on. */
    val seed: String = run {
        val prefix = "10010" + bits(type.prefix).take(5) + "000000"
        val body = prefix.chunked(8).map { it.toInt(2).toByte() }.toByteArray() + raw
        val checksum = checksum(body)
        base32(body + byteArrayOf(checksum.toByte(), (checksum shr 8).toByte()))
    }

    val public: String = NKeyCodec.encodePublic(type, pair.publicKey)

    fun sign(message: ByteArray): ByteArray = pair.sign(message)

    private companion object {
        fun bits(byte: Int): String = (byte and 0xFF).toString(2).padStart(8, '0')

        fun base32(bytes: ByteArray): String = bytes.joinToString("") { bits(it.toInt()) }.chunked(5).joinToString("") {
            val value = it.padEnd(5, '0').toInt(2)
            if (value < 26) "${'A' + value}" else "${'2' + (value - 26)}"
        }

        /** The remainder of a long division of polynomials. */
        fun checksum(bytes: ByteArray): Int {
            val dividend = (bytes.joinToString("") { bits(it.toInt()) } + "0".repeat(16)).map { it == '1' }.toBooleanArray()
            val divisor = "10001000000100001".map { it == '1' }
            for (i in 0 until bytes.size * 8) {
                if (dividend[i]) divisor.forEachIndexed { j, bit -> dividend[i + j] = dividend[i + j] xor bit }
            }
            return dividend.takeLast(16).joinToString("") { if (it) "1" else "0" }.toInt(2)
        }
    }
}
