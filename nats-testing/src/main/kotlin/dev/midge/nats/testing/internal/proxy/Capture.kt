package dev.midge.nats.testing.internal.proxy

import java.io.ByteArrayOutputStream

/** The first bytes that one side of one connection has sent. Confined to the proxy's thread. */
internal class Capture(private val limit: Int) {
    private val bytes = ByteArrayOutputStream()

    fun add(array: ByteArray, count: Int): Unit = bytes.write(array, 0, minOf(count, limit - bytes.size()))

    fun toByteArray(): ByteArray = bytes.toByteArray()
}
