package dev.midge.nats.bench.peers

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.createDirectories
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries

/** Debian's packages, unpacked in a cache of the user's by the machine's own `apt-get`: no root is needed, and the machine stays as it is. */
internal object DebianPackages {
    /**
     * The directory that holds [packages], unpacked; they stay there.
     *
     * @throws IOException if they cannot be fetched here.
     */
    fun unpacked(name: String, packages: List<String>): Path {
        val ready = cache().resolve(name)
        if (ready.exists()) return ready
        val work = Files.createTempDirectory(cache().createDirectories(), ".fetch-")
        try {
            download(packages, work)
            val root = work.resolve("root").createDirectories()
            work.listDirectoryEntries("*.deb").forEach { run(listOf("dpkg-deb", "-x", "$it", "$root"), work) }
            Files.move(root, ready)
        } finally {
            work.toFile().deleteRecursively()
        }
        return ready
    }

    /** By the machine's lists of packages or, where those were never read, by lists of its own. */
    private fun download(packages: List<String>, work: Path) {
        val apt = listOf("apt-get", "-q", "-o", "APT::Sandbox::User=")
        try {
            run(apt + "download" + packages, work)
        } catch (_: IOException) {
            work.resolve("lists").resolve("partial").createDirectories()
            val own = listOf("-o", "Dir::State::lists=${work.resolve("lists")}", "-o", "Dir::Cache=$work")
            run(apt + own + "update", work)
            run(apt + own + "download" + packages, work)
        }
    }

    private fun run(command: List<String>, directory: Path) {
        val process = ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start()
        val output = process.inputStream.bufferedReader().readText().trim()
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) throw IOException("${command.first()} said: $output")
    }

    private fun cache(): Path {
        fun variable(name: String): Path? = System.getenv(name)?.takeIf { it.isNotBlank() }?.let { Path.of(it) }
        val base =
            variable("MIDGE_CACHE") ?: variable("XDG_CACHE_HOME")?.resolve("midge")
                ?: Path.of(System.getProperty("user.home"), ".cache", "midge")
        return base.resolve("debian")
    }
}
