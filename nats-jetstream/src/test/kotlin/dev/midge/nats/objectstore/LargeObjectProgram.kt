package dev.midge.nats.objectstore

import dev.midge.nats.NatsConnection
import dev.midge.nats.jetstream.jetStream
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking
import java.security.MessageDigest

private const val PIECE = 1024 * 1024

/** Puts an object of so many MiB into a store, and reads it in two ways. Its arguments are a server, a store and the number of MiB. */
internal object LargeObjectProgram {
    @JvmStatic
    fun main(arguments: Array<String>): Unit = runBlocking {
        val (url, bucket, size) = arguments
        val nats = NatsConnection(url)
        try {
            val store = nats.jetStream().createObjectStore(bucket)
            val info = store.put("large", pieces(size.toInt()))
            check(info.size == size.toLong() * PIECE)
            val expected = digest { sha -> pieces(size.toInt()).collect { sha.update(it) } }
            var chunks = 0
            val read = digest { sha ->
                store.get("large").chunks().collect {
                    // Meanwhile, what comes ahead of this reader has to wait.
                    if (chunks++ == 0) readByBlocking(store.get("large"))
                    sha.update(it)
                }
            }
            check(expected.contentEquals(read)) { "other bytes were read" }
            println("read ${info.size} bytes twice")
        } finally {
            nats.close()
        }
    }

    private fun readByBlocking(reader: ObjectReader): Unit = reader.inputStream().use {
        check(it.skip(reader.info.size) == reader.info.size && it.read() == -1) { "too short" }
    }

    private fun pieces(count: Int): Flow<ByteArray> = flow {
        val piece = someBytes(PIECE)
        repeat(count) {
            piece[0] = it.toByte()
            emit(piece)
        }
    }

    private suspend fun digest(update: suspend (MessageDigest) -> Unit): ByteArray =
        MessageDigest.getInstance("SHA-256").also { update(it) }.digest()
}
