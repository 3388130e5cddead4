package dev.midge.nats.testing.internal.process

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.io.path.exists
import kotlin.io.path.readText

/** The temporary directory of one server: its configuration, log, ports file and JetStream store. */
internal class ServerDirectory private constructor(private val root: Path) {
    val config: Path = root.resolve("nats-server.conf")
    val log: Path = root.resolve("nats-server.log")
    val portsFiles: Path = root.resolve("ports")
    val store: Path = root.resolve("jetstream")

    val exists: Boolean get() = root.exists()

    fun readLog(): String = if (log.exists()) log.readText() else ""

    @OptIn(ExperimentalPathApi::class)
    fun delete() {
        root.deleteRecursively()
        LiveServers.remove(this)
    }

    companion object {
        fun create(): ServerDirectory {
            val root = Files.createTempDirectory("nats-server-")
            return ServerDirectory(root).also {
                Files.createDirectory(it.portsFiles)
                LiveServers.add(it)
            }
        }
    }
}
