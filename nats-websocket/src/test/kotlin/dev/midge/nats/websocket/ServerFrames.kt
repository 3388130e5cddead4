package dev.midge.nats.websocket

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.nio.ByteBuffer
import java.util.zip.Deflater

/** A frame as a server sends it: not masked. */
fun serverFrame(opcode: Int, payload: ByteArray, isFinal: Boolean = true, reserved: Int = 0): ByteArray {
    val bytes = ByteArrayOutputStream()
    val out = DataOutputStream(bytes)
    out.writeByte((if (isFinal) 0x80 else 0) or reserved or opcode)
    when {
        payload.size < 126 -> out.writeByte(payload.size)

        payload.size <= 0xFFFF -> {
            out.writeByte(126)
            out.writeShort(payload.size)
        }

        else -> {
            out.writeByte(127)
            out.writeLong(payload.size.toLong())
        }
    }
    out.write(payload)
    return bytes.toByteArray()
}

/** [message] deflated by itself, as RFC 7692 says, which leaves out the last four bytes. */
fun deflated(message: ByteArray): ByteArray {
    val deflater = Deflater(Deflater.DEFAULT_COMPRESSION, true)
    return deflated(message, deflater).also { deflater.end() }
}

/** [message] deflated with what [deflater] remembers of the messages before. */
fun deflated(message: ByteArray, deflater: Deflater): ByteArray {
    deflater.setInput(message)
    val target = ByteBuffer.allocate(message.size + 1024)
    deflater.deflate(target, Deflater.SYNC_FLUSH)
    return target.array().copyOf(target.position() - 4)
}

/** [message] deflated into a stream that ends with it, and the empty block that RFC 7692, 7.2.3.4, has follow. */
fun finished(message: ByteArray): ByteArray {
    val deflater = Deflater(Deflater.DEFAULT_COMPRESSION, true)
    deflater.setInput(message)
    deflater.finish()
    val target = ByteArray(message.size + 1024)
    return target.copyOf(deflater.deflate(target)).plus(0).also { deflater.end() }
}

/** The frames of a client in [bytes], unmasked: opcode, whether it is compressed, payload. */
fun clientFrames(bytes: ByteArray): List<Triple<Int, Boolean, ByteArray>> {
    val buffer = ByteBuffer.wrap(bytes)
    val frames = ArrayList<Triple<Int, Boolean, ByteArray>>()
    while (buffer.hasRemaining()) {
        val first = buffer.get().toInt() and 0xFF
        check(first and 0x80 != 0) { "a client's frame is not final" }
        val second = buffer.get().toInt() and 0xFF
        check(second and 0x80 != 0) { "a client's frame is not masked" }
        val length = when (val short = second and 0x7F) {
            126 -> buffer.getShort().toInt() and 0xFFFF
            127 -> buffer.getLong().toInt()
            else -> short
        }
        val mask = ByteArray(4).also(buffer::get)
        val payload = ByteArray(length).also(buffer::get)
        for (i in payload.indices) payload[i] = (payload[i].toInt() xor mask[i % 4].toInt()).toByte()
        frames += Triple(first and 0x0F, first and 0x40 != 0, payload)
    }
    return frames
}
