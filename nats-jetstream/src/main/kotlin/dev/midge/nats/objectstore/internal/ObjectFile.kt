package dev.midge.nats.objectstore.internal

import dev.midge.nats.jetstream.internal.api.Names
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext
import java.nio.file.AtomicMoveNotSupportedException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.StandardOpenOption.WRITE

/** Writes [chunks] to a file beside [path], which takes its place when all of them have come. */
internal suspend fun writeBeside(path: Path, chunks: Flow<ByteArray>) {
    val part = path.resolveSibling(".${path.fileName}.${Names.random()}")
    try {
        opened({ Files.newOutputStream(part, CREATE_NEW, WRITE) }) { out ->
            chunks.collect { withContext(FILES) { out.write(it) } }
        }
        withContext(FILES) { move(part, path) }
    } catch (e: Throwable) {
        withContext(NonCancellable + FILES) { Files.deleteIfExists(part) }
        throw e
    }
}

private fun move(part: Path, path: Path) {
    try {
        Files.move(part, path, ATOMIC_MOVE, REPLACE_EXISTING)
    } catch (_: AtomicMoveNotSupportedException) {
        Files.move(part, path, REPLACE_EXISTING)
    }
}
