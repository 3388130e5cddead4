package dev.midge.nats.bench.peers

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.div
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.outputStream

/** The program in C that measures the NATS project's C client, compiled for this machine. */
internal class CProgram private constructor(val path: Path) {
    companion object {
        private val PACKAGES = listOf("libnats-dev", "libnats3.4", "libprotobuf-c1")
        private const val SOURCE = "/c/nats-bench.c"

        /** Compiles it; `null` if that cannot be done here, and then [told] is told in one sentence what is missing. */
        fun prepare(told: (String) -> Unit): CProgram? = try {
            CProgram(compile(libraries()))
        } catch (e: IOException) {
            told("The C client is left out: it takes gcc and Debian's libnats-dev, installed or fetched (${e.message}).")
            null
        }

        /** Where the library and its headers are; `null` for where compilers look anyhow. */
        private fun libraries(): Path? =
            if (Path.of("/usr/include/nats/nats.h").exists()) null else DebianPackages.unpacked("libnats", PACKAGES) / "usr"

        private fun compile(libraries: Path?): Path {
            val directory = Files.createTempDirectory("nats-bench")
            directory.toFile().deleteOnExit()
            val program = directory / "nats-bench-c"
            val source = directory / "nats-bench.c"
            checkNotNull(CProgram::class.java.getResourceAsStream(SOURCE)) { "$SOURCE is missing" }.use { from ->
                source.outputStream().use(from::transferTo)
            }
            val places = libraries?.let { root ->
                val lib = (root / "lib").listDirectoryEntries("*-linux-gnu*").first()
                listOf("-I", "${root / "include"}", "-L", "$lib", "-Wl,-rpath-link,$lib", "-Wl,--disable-new-dtags,-rpath,$lib")
            }
            run(listOf("gcc", "-O2", "-o", "$program", "$source") + places.orEmpty() + listOf("-lnats", "-lpthread"))
            listOf(source, program).forEach { it.toFile().deleteOnExit() }
            return program
        }

        private fun run(command: List<String>) {
            val process = ProcessBuilder(command).redirectErrorStream(true).start()
            val output = process.inputStream.bufferedReader().readText().trim()
            if (process.waitFor() != 0) throw IOException("gcc said: ${output.lines().first()}")
        }
    }
}
