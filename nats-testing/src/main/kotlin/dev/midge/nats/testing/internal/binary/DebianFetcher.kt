package dev.midge.nats.testing.internal.binary

import dev.midge.nats.testing.NatsServerNotFoundException
import dev.midge.nats.testing.internal.runCommand
import org.slf4j.LoggerFactory
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import kotlin.io.path.isExecutable
import kotlin.io.path.name
import kotlin.time.Duration.Companion.minutes

/** Makes a `nats-server` out of Debian's package: download, check, unpack. */
internal class DebianFetcher {
    private val log = LoggerFactory.getLogger(DebianFetcher::class.java)

    /**
     * The executable of [version], unpacked somewhere under [workDirectory].
     *
     * @throws NatsServerNotFoundException if this machine or its mirror cannot give that version.
     */
    fun fetch(version: String, workDirectory: Path): Path {
        val wanted = DebianPackage.of(version) ?: unavailable(version, "Debian ships ${DebianPackage.ALL.joinToString { it.version }}")
        log.info("Fetching nats-server {} from Debian {}", version, wanted.suite)
        val apt = PrivateApt(workDirectory)
        try {
            val signed = readIndex(apt, wanted)
            val revision = chooseRevision(apt, wanted, signed)
            val download = apt.download("$EXECUTABLE=$revision")
            val file = apt.downloaded()
            if (!download.succeeded || file == null) unavailable(version, "apt-get download said: ${download.output.trim()}")
            verify(file, wanted, revision, signed)
            return unpack(file, workDirectory.resolve("unpacked"))
        } catch (e: IOException) {
            unavailable(version, "this machine's apt-get or dpkg-deb could not fetch it (${e.message})", e)
        }
    }

    /** Whether the index could be read with its signature checked by the machine's own keys. */
    private fun readIndex(apt: PrivateApt, wanted: DebianPackage): Boolean {
        val mirror = apt.mirror() ?: unavailable(wanted.version, "this machine's apt is configured with no Debian mirror")
        if (apt.update(mirror, wanted.suite, trusted = false).succeeded) return true
        // An older Debian does not know the keys of a newer one. The pinned checksum then stands in for the signature.
        val update = apt.update(mirror, wanted.suite, trusted = true)
        if (!update.succeeded) unavailable(wanted.version, "apt-get update said: ${update.output.trim()}")
        return false
    }

    /** The pinned revision if the mirror has it, else a rebuild of the same version, which only a checked signature vouches for. */
    private fun chooseRevision(apt: PrivateApt, wanted: DebianPackage, signed: Boolean): String {
        val available = apt.available(EXECUTABLE)
        if (wanted.revision in available) return wanted.revision
        val rebuild = available.find { it.startsWith("${wanted.version}-") }
        return rebuild?.takeIf { signed }
            ?: unavailable(wanted.version, "Debian ${wanted.suite} now has ${available.joinToString().ifEmpty { "none" }}")
    }

    private fun verify(file: Path, wanted: DebianPackage, revision: String, signed: Boolean) {
        if (revision != wanted.revision) return
        // nats-server_2.10.27-1+b2_amd64.deb
        val architecture = file.name.removeSuffix(".deb").substringAfterLast('_')
        val expected = wanted.pinnedSha256(architecture)
        if (expected == null && signed) return
        val actual = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)).joinToString("") { "%02x".format(it) }
        if (actual !=
            expected
        ) {
            unavailable(
                wanted.version,
                "the package ${file.name} has SHA-256 $actual, not the pinned ${expected ?: "one (none for $architecture)"}",
            )
        }
    }

    private fun unpack(file: Path, target: Path): Path {
        val result = runCommand(listOf("dpkg-deb", "-x", file.toString(), target.toString()), UNPACK_TIMEOUT)
        if (!result.succeeded) throw IOException("dpkg-deb said: ${result.output.trim()}")
        return listOf("usr/sbin", "usr/bin").map { target.resolve(it).resolve(EXECUTABLE) }.firstOrNull { it.isExecutable() }
            ?: throw IOException("the package holds no $EXECUTABLE")
    }

    private fun unavailable(version: String, reason: String, cause: Throwable? = null): Nothing = throw NatsServerNotFoundException(
        "No nats-server $version here: install it, or set NATS_SERVER to its path, or use NatsServerContainer with Docker; $reason.",
        cause,
    )

    private companion object {
        val UNPACK_TIMEOUT = 1.minutes
    }
}
