package dev.midge.nats.objectstore.internal

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runInterruptible
import kotlinx.io.Source
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path

// What is put, as chunks of the same size, each an array of its own: it belongs to its publish until that is acknowledged. Only the last one
// is shorter, and none is empty.

internal fun chunksOf(bytes: ByteArray, size: Int): Flow<ByteArray> = flow {
    for (from in bytes.indices step size) emit(bytes.copyOfRange(from, minOf(from.toLong() + size, bytes.size.toLong()).toInt()))
}

/** Of pieces of any size. */
internal fun chunksOf(pieces: Flow<ByteArray>, size: Int): Flow<ByteArray> = flow {
    var chunk = ByteArray(0)
    var filled = 0
    pieces.collect { piece ->
        var from = 0
        while (from < piece.size) {
            if (filled == chunk.size) {
                if (filled > 0) emit(chunk)
                chunk = ByteArray(size)
                filled = 0
            }
            val count = minOf(size - filled, piece.size - from)
            piece.copyInto(chunk, filled, from, from + count)
            filled += count
            from += count
        }
    }
    if (filled > 0) emit(if (filled == size) chunk else chunk.copyOf(filled))
}

internal fun chunksOf(input: InputStream, size: Int): Flow<ByteArray> = filled(size) { input.readNBytes(it, 0, it.size) }

internal fun chunksOf(source: Source, size: Int): Flow<ByteArray> = filled(size) { chunk ->
    var filled = 0
    while (filled < chunk.size) {
        val count = source.readAtMostTo(chunk, filled, chunk.size)
        if (count < 0) break
        filled += count
    }
    filled
}

/** What [fill] reads where blocking is allowed, to its end: when it fills less. A cancellation interrupts the reading thread. */
private fun filled(size: Int, fill: (ByteArray) -> Int): Flow<ByteArray> = flow {
    while (true) {
        val chunk = ByteArray(size)
        val count = runInterruptible(FILES) { fill(chunk) }
        if (count > 0) emit(if (count == size) chunk else chunk.copyOf(count))
        if (count < size) break
    }
}

internal fun chunksOf(path: Path, size: Int): Flow<ByteArray> = flow {
    opened({ Files.newInputStream(path) }) { chunksOf(it, size).collect(::emit) }
}
