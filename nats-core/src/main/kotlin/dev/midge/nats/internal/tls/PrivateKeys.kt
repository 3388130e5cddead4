package dev.midge.nats.internal.tls

import java.nio.BufferUnderflowException
import java.nio.ByteBuffer
import java.security.InvalidKeyException
import java.security.KeyFactory
import java.security.PrivateKey
import java.security.spec.InvalidKeySpecException
import java.security.spec.PKCS8EncodedKeySpec

/**
 * Private keys from DER. The JDK reads PKCS#8 only; the older forms become that by a wrapping of their own.
 *
 * Sources: RFC 5208 (PKCS#8), RFC 8017 A.1.2 (PKCS#1), RFC 5915 (SEC1).
 */
internal object PrivateKeys {
    private const val SEQUENCE = 0x30
    private const val OCTET_STRING = 0x04

    /** `[0]`, in which a SEC1 key names its curve. */
    private const val PARAMETERS = 0xA0
    private const val LONG_LENGTH = 0x80
    private val VERSION_0 = byteArrayOf(0x02, 0x01, 0x00)

    /** `OBJECT IDENTIFIER 1.2.840.113549.1.1.1, NULL`. */
    private val RSA = bytes(0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00)

    /** `OBJECT IDENTIFIER 1.2.840.10045.2.1`. */
    private val EC = bytes(0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01)

    fun pkcs8(der: ByteArray): PrivateKey {
        val spec = PKCS8EncodedKeySpec(der)
        for (algorithm in listOf("RSA", "EC", "EdDSA")) {
            for (provider in JdkProviders.first("KeyFactory.$algorithm")) {
                try {
                    return KeyFactory.getInstance(algorithm, provider).generatePrivate(spec)
                } catch (e: InvalidKeySpecException) {
                    // A key of another algorithm, or of a kind that only another provider knows.
                    continue
                }
            }
        }
        throw InvalidKeyException("neither RSA nor EC nor EdDSA")
    }

    fun pkcs1(der: ByteArray): PrivateKey = pkcs8(element(SEQUENCE, VERSION_0, element(SEQUENCE, RSA), element(OCTET_STRING, der)))

    fun sec1(der: ByteArray): PrivateKey =
        pkcs8(element(SEQUENCE, VERSION_0, element(SEQUENCE, EC, curve(der)), element(OCTET_STRING, der)))

    private fun curve(der: ByteArray): ByteArray = try {
        val fields = content(ByteBuffer.wrap(der)).second
        generateSequence { if (fields.hasRemaining()) content(fields) else null }
            .firstOrNull { (tag, _) -> tag == PARAMETERS }
            ?.second?.let { field -> ByteArray(field.remaining()).also(field::get) }
    } catch (e: BufferUnderflowException) {
        throw InvalidKeyException("not DER", e)
    } ?: throw InvalidKeyException("the key does not name its curve")

    /** The tag and the content of the next element, which [der] moves past. */
    private fun content(der: ByteBuffer): Pair<Int, ByteBuffer> {
        val tag = der.get().toInt() and 0xFF
        val first = der.get().toInt() and 0xFF
        var length = first
        if (first >= LONG_LENGTH) {
            length = 0
            repeat(first - LONG_LENGTH) { length = (length shl Byte.SIZE_BITS) or (der.get().toInt() and 0xFF) }
        }
        if (length < 0 || length > der.remaining()) throw BufferUnderflowException()
        val content = der.slice(der.position(), length)
        der.position(der.position() + length)
        return tag to content
    }

    private fun element(tag: Int, vararg parts: ByteArray): ByteArray {
        val length = parts.sumOf { it.size }
        // Two bytes of length are allowed also where one would do, but not in DER, which the JDK insists on.
        val head = when {
            length < LONG_LENGTH -> bytes(tag, length)
            length <= 0xFF -> bytes(tag, LONG_LENGTH + 1, length)
            else -> bytes(tag, LONG_LENGTH + 2, length shr Byte.SIZE_BITS, length)
        }
        return parts.fold(head, ByteArray::plus)
    }

    private fun bytes(vararg values: Int) = ByteArray(values.size) { values[it].toByte() }
}
