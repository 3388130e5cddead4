package dev.midge.nats.testing.internal.binary

import dev.midge.nats.testing.internal.CommandResult
import dev.midge.nats.testing.internal.runCommand
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.minutes

/**
 * The machine's `apt-get` with sources, lists and caches of its own under [directory], so that no root is needed and nothing on the
 * machine changes. The mirror and the keys are the machine's.
 */
internal class PrivateApt(private val directory: Path) {
    private val sources = directory.resolve("sources.list")
    private val options: List<String>

    init {
        listOf("state", "lists/partial", "cache/archives/partial").forEach { directory.resolve(it).createDirectories() }
        options =
            listOf(
                "Dir::Etc::sourcelist=$sources",
                "Dir::Etc::sourceparts=-",
                // The machine may pin packages; here exactly one version is asked for.
                "Dir::Etc::preferencesparts=-",
                "Dir::State=${directory.resolve("state")}",
                "Dir::State::lists=${directory.resolve("lists")}",
                "Dir::Cache=${directory.resolve("cache")}",
                // Only the package index: no translations.
                "Acquire::Languages=none",
                // Root's apt would switch to a user who cannot enter root's cache directory.
                "APT::Sandbox::User=",
            ).flatMap { listOf("-o", it) }
    }

    /** The Debian mirror that the machine is configured with. */
    fun mirror(): String? {
        val format = listOf("--format", "\$(REPO_URI)")
        // The second form serves machines whose lists were cleaned, where nobody's origin is known.
        return sequenceOf(listOf("Origin: Debian", "Label: Debian"), listOf("--no-release-info"))
            .map { filter -> run(listOf("apt-get", "indextargets", "Created-By: Packages") + filter + format, null) }
            .filter { it.succeeded }
            .firstNotNullOfOrNull { result -> result.output.lineSequence().firstOrNull { it.contains("://") } }
    }

    /** Reads the index of [suite]; with [trusted], without asking whether its signature is known here. */
    fun update(mirror: String, suite: String, trusted: Boolean): CommandResult {
        val flags = if (trusted) "[trusted=yes] " else ""
        sources.writeText("deb $flags$mirror $suite main\n")
        return apt("apt-get", "-q", "update", "--error-on=any")
    }

    /** The package's versions in the index, as apt writes them. */
    fun available(packageName: String): List<String> = apt("apt-cache", "madison", packageName)
        .output
        .lines()
        .mapNotNull { line -> line.split('|').getOrNull(1)?.trim() }

    /** The package's file, in [directory]. */
    fun download(specification: String): CommandResult = apt("apt-get", "-q", "download", specification)

    /** What `apt-get download` put into [directory]. */
    fun downloaded(): Path? = Files.newDirectoryStream(directory, "*.deb").use { it.firstOrNull() }

    private fun apt(program: String, vararg arguments: String): CommandResult = run(listOf(program) + options + arguments, directory)

    private fun run(command: List<String>, workDirectory: Path?): CommandResult = runCommand(command, TIMEOUT, workDirectory)

    private companion object {
        /** An index is 10 MB and a package 5 MB: minutes only on a bad line, and a test should not wait longer. */
        val TIMEOUT = 5.minutes
    }
}
