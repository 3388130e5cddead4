package dev.midge.nats.bench.client

import java.io.ByteArrayOutputStream

/** Protocol bytes made before the clock starts. */
internal object RawFrames {
    const val CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"lang\":\"raw\",\"version\":\"1\"}\r\n"
    const val PING = "PING\r\n"
    const val PONG = "PONG\r\n"

    fun publish(subject: String, replyTo: String?, payload: ByteArray): ByteArray {
        val arguments = listOfNotNull(subject, replyTo, payload.size).joinToString(" ")
        return "PUB $arguments\r\n".encodeToByteArray() + payload + "\r\n".encodeToByteArray()
    }

    fun subscribe(subject: String, sid: Int): ByteArray = "SUB $subject $sid\r\n".encodeToByteArray()

    /** How long a MSG is on the wire. */
    fun messageSize(subject: String, sid: Int, replyTo: String?, payloadSize: Int): Int {
        val arguments = listOfNotNull(subject, sid, replyTo, payloadSize).joinToString(" ")
        return "MSG $arguments\r\n".length + payloadSize + "\r\n".length
    }

    /** [frame], [times] over. */
    fun repeated(frame: ByteArray, times: Int): ByteArray =
        ByteArrayOutputStream(frame.size * times).apply { repeat(times) { write(frame) } }.toByteArray()

    /** [frames] as one. */
    fun joined(frames: List<ByteArray>): ByteArray =
        ByteArrayOutputStream(frames.sumOf { it.size }).apply { frames.forEach { write(it) } }.toByteArray()
}
