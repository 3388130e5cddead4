package dev.midge.nats.testing.internal.binary

import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.WRITE
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.io.path.isDirectory
import kotlin.io.path.isExecutable
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/**
 * Executables by version under [directory], as `<version>/nats-server`.
 *
 * INVARIANT: a version's directory appears by one atomic rename, so whoever sees it sees a complete executable. Filling is serialised
 * by [fillLock] within this JVM and by a file lock between JVMs (a file lock alone would throw between threads of one JVM).
 */
internal class BinaryCache(private val directory: Path) {
    /** The executable of [version], if it is here. */
    fun path(version: String): Path? = directory.resolve(version).resolve(EXECUTABLE).takeIf { it.isExecutable() }

    /** The highest version that is here. */
    fun newest(): String? {
        if (!directory.isDirectory()) return null
        return directory.listDirectoryEntries().map { it.name }.filter { path(it) != null }.maxWithOrNull(VERSION_ORDER)
    }

    /** The executable of [version]; if it is not here, [fetch] makes one somewhere inside the directory that it is given. */
    fun getOrFetch(version: String, fetch: (workDirectory: Path) -> Path): Path =
        path(version) ?: locked { path(version) ?: fill(version, fetch) }

    @OptIn(ExperimentalPathApi::class)
    private fun fill(version: String, fetch: (Path) -> Path): Path {
        // Inside the cache and not in the temporary directory: a rename is atomic only within one file system.
        val work = Files.createTempDirectory(directory, ".fetch-")
        try {
            val ready = Files.createDirectory(work.resolve("ready"))
            Files.move(fetch(work), ready.resolve(EXECUTABLE), ATOMIC_MOVE)
            Files.move(ready, directory.resolve(version), ATOMIC_MOVE)
        } finally {
            work.deleteRecursively()
        }
        return directory.resolve(version).resolve(EXECUTABLE)
    }

    private fun <T> locked(block: () -> T): T = fillLock.withLock {
        Files.createDirectories(directory)
        FileChannel.open(directory.resolve(".lock"), CREATE, WRITE).use { channel ->
            channel.lock().use { block() }
        }
    }

    private companion object {
        val fillLock = ReentrantLock()

        /** 2.10 comes after 2.9. */
        val VERSION_ORDER: Comparator<String> =
            Comparator { a, b ->
                val left = a.split('.', '-').map { it.toIntOrNull() ?: 0 }
                val right = b.split('.', '-').map { it.toIntOrNull() ?: 0 }
                left.zip(right).map { (x, y) -> x.compareTo(y) }.firstOrNull { it != 0 } ?: left.size.compareTo(right.size)
            }
    }
}
