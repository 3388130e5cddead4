package dev.midge.nats.testing.internal.process

import java.io.IOException
import java.util.concurrent.ConcurrentHashMap

/** What must not outlive this JVM: the children and directories of servers that nobody closed. */
internal object LiveServers {
    private val children = ConcurrentHashMap.newKeySet<Process>()
    private val directories = ConcurrentHashMap.newKeySet<ServerDirectory>()

    init {
        Runtime.getRuntime().addShutdownHook(Thread(::endAll, "nats-server-cleanup"))
    }

    fun add(process: Process) {
        children += process
        process.onExit().thenAccept { children -= it }
    }

    fun add(directory: ServerDirectory) {
        directories += directory
    }

    fun remove(directory: ServerDirectory) {
        directories -= directory
    }

    private fun endAll() {
        children.forEach { it.destroyForcibly() }
        children.forEach { it.waitFor() }
        directories.forEach {
            try {
                it.delete()
            } catch (_: IOException) {
                // The JVM is on its way out and nobody is left to tell; the directory is in the temporary directory.
            }
        }
    }
}
