package dev.midge.nats.bench.peers

import java.io.File
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.nio.file.Path
import kotlin.io.path.div
import kotlin.io.path.isDirectory
import kotlin.io.path.isExecutable
import kotlin.io.path.listDirectoryEntries

/** Redis as a process of its own, which keeps nothing; it ends with this JVM. */
internal class RedisServer private constructor(private val process: Process, val port: Int) : AutoCloseable {
    override fun close() {
        process.destroy()
        process.waitFor()
    }

    companion object {
        private val PACKAGES = listOf("redis-server", "redis-tools", "liblzf1", "libjemalloc2", "libatomic1")
        private const val PROGRAM = "redis-server"
        private const val ATTEMPTS = 100
        private const val PAUSE_MILLIS = 50L

        /**
         * Starts the one in `PATH`, or Debian's, fetched.
         *
         * @throws IllegalStateException if there is none.
         */
        fun start(): RedisServer {
            val port = ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { it.localPort }
            val process = builder().apply { command() += options(port) }.redirectErrorStream(true).start()
            Runtime.getRuntime().addShutdownHook(Thread { process.destroy() })
            // Nobody reads it, and a full pipe would stop the server. It ends with a failure when the server is stopped.
            Thread { runCatching { process.inputStream.readAllBytes() } }.apply { isDaemon = true }.start()
            awaitPort(process, port)
            return RedisServer(process, port)
        }

        private fun options(port: Int): List<String> =
            listOf("--port", "$port", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no") +
                listOf("--client-output-buffer-limit", "pubsub 0 0 0")

        private fun builder(): ProcessBuilder {
            val directories = System.getenv("PATH").orEmpty().split(File.pathSeparator)
            val installed = directories.map { Path.of(it, PROGRAM) }.firstOrNull { it.isExecutable() }
            if (installed != null) return ProcessBuilder(mutableListOf("$installed"))
            val root = try {
                DebianPackages.unpacked("redis", PACKAGES)
            } catch (e: IOException) {
                throw IllegalStateException("Redis is missing: install redis-server (${e.message})", e)
            }
            val libraries = (root / "usr" / "lib").listDirectoryEntries("*-linux-gnu*").first { it.isDirectory() }
            val program = root / "usr" / "bin" / PROGRAM
            return ProcessBuilder(mutableListOf("$program")).apply { environment()["LD_LIBRARY_PATH"] = "$libraries" }
        }

        private fun awaitPort(process: Process, port: Int) {
            repeat(ATTEMPTS) {
                check(process.isAlive) { "Redis did not start" }
                try {
                    return Socket(InetAddress.getLoopbackAddress(), port).close()
                } catch (_: IOException) {
                    Thread.sleep(PAUSE_MILLIS)
                }
            }
            error("Redis does not listen")
        }
    }
}
