package dev.midge.nats.testing.internal.binary

import dev.midge.nats.testing.NatsServerBinary
import dev.midge.nats.testing.NatsServerNotFoundException
import dev.midge.nats.testing.internal.runCommand
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.Path
import kotlin.io.path.absolute
import kotlin.time.Duration.Companion.seconds

/** Walks the search order of [NatsServerBinary]; [environment] stands in for the process's own in tests. */
internal class BinaryLocator(
    private val environment: Map<String, String> = System.getenv(),
    private val cache: BinaryCache = BinaryCache(cacheDirectory(environment)),
    private val fetch: (version: String, workDirectory: Path) -> Path = DebianFetcher()::fetch,
) {
    fun find(): NatsServerBinary =
        configured() ?: onPath() ?: cached(NatsServerBinary.DEFAULT_VERSION) ?: cache.newest()?.let { cached(it) }
            ?: fetched(NatsServerBinary.DEFAULT_VERSION)

    fun version(version: String): NatsServerBinary {
        require(VERSION.matches(version)) { "A nats-server version looks like 2.10.27, not like '$version'." }
        return configured()?.takeIf { it.version == version }
            ?: onPath()?.takeIf { it.version == version }
            ?: cached(version)
            ?: fetched(version)
    }

    private fun configured(): NatsServerBinary? {
        val path = environment["NATS_SERVER"]?.takeIf { it.isNotBlank() } ?: return null
        return probe(Path(path))
            ?: throw NatsServerNotFoundException("NATS_SERVER is '$path', which is not a nats-server that can be executed.")
    }

    private fun onPath(): NatsServerBinary? = environment["PATH"]
        .orEmpty()
        .split(File.pathSeparator)
        .filter { it.isNotEmpty() }
        .firstNotNullOfOrNull { probe(Path(it, EXECUTABLE)) }

    private fun cached(version: String): NatsServerBinary? = cache.path(version)?.let { NatsServerBinary(it, version) }

    private fun fetched(version: String): NatsServerBinary {
        val path = cache.getOrFetch(version) { fetch(version, it) }
        return probe(path)?.takeIf { it.version == version }
            ?: throw NatsServerNotFoundException("The nats-server fetched to $path does not run here as $version: install nats-server.")
    }

    private fun probe(path: Path): NatsServerBinary? {
        if (!Files.isRegularFile(path) || !Files.isExecutable(path)) return null
        val output =
            try {
                runCommand(listOf(path.toString(), "--version"), PROBE_TIMEOUT).output
            } catch (_: IOException) {
                return null
            }
        // "nats-server: v2.10.27"
        val version = output.substringAfter("nats-server: v", "").trim()
        return if (version.isEmpty()) null else NatsServerBinary(path.absolute(), version)
    }

    private companion object {
        /** Printing a version takes milliseconds; a loaded machine may need longer. */
        val PROBE_TIMEOUT = 10.seconds

        /** It becomes a directory's name and an argument of `apt-get`. */
        val VERSION = Regex("""\d+\.\d+\.\d+(-[A-Za-z0-9.]+)?""")
    }
}

/** The program's name in `PATH`, in the cache and in the Debian package. */
internal const val EXECUTABLE: String = "nats-server"

private fun cacheDirectory(environment: Map<String, String>): Path {
    fun variable(name: String): Path? = environment[name]?.takeIf { it.isNotBlank() }?.let { Path(it) }
    val base =
        variable("MIDGE_CACHE") ?: variable("XDG_CACHE_HOME")?.resolve("midge") ?: Path(System.getProperty("user.home"), ".cache", "midge")
    return base.resolve(EXECUTABLE)
}
