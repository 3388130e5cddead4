package dev.midge.nats.internal.connection

import org.slf4j.Logger
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermission
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.ConcurrentHashMap

/** Warns of files with secrets that others than their owner can read: once a file in the life of the program. Thread-safe. */
internal object SecretFiles {
    private val warned = ConcurrentHashMap.newKeySet<Path>()

    /** A program whose files have ever new names is not to fill memory with them. */
    private const val MOST_WARNED = 1_000
    private val OTHERS = setOf(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ)

    /** Looks at [file] and warns if others can read it. Blocks its thread. */
    fun check(file: Path, log: Logger) {
        val permissions = try {
            Files.getPosixFilePermissions(file)
        } catch (e: UnsupportedOperationException) {
            // Other file systems have other ways to say who may read, and no simple one to ask.
            return
        } catch (e: IOException) {
            // Whoever reads the file next will say so.
            return
        } catch (e: SecurityException) {
            return
        }
        if (permissions.none(OTHERS::contains) || warned.size >= MOST_WARNED || !warned.add(file.toAbsolutePath())) return
        log.warn(
            "the file {} holds a secret, and others than its owner can read it ({}): take that right from them (chmod 600)",
            file,
            PosixFilePermissions.toString(permissions),
        )
    }
}
