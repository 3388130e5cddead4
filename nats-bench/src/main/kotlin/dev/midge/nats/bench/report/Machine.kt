package dev.midge.nats.bench.report

import kotlinx.serialization.Serializable
import java.nio.file.Files
import java.nio.file.Path
import java.util.Properties

/** What the figures were measured on. */
@Serializable
data class Machine(val cpu: String, val cores: Int, val os: String, val jvm: String, val heapMiB: Long) {
    companion object {
        private const val MEBIBYTE = 1024L * 1024

        fun here(): Machine = Machine(
            cpu = cpu(),
            cores = Runtime.getRuntime().availableProcessors(),
            os = "${property("os.name")} ${property("os.version")} ${property("os.arch")}",
            jvm = "${property("java.vm.name")} ${property("java.vm.version")}",
            heapMiB = Runtime.getRuntime().maxMemory() / MEBIBYTE,
        )

        /** Linux says; elsewhere the JVM does not know. */
        private fun cpu(): String {
            val info = Path.of("/proc/cpuinfo")
            if (!Files.isReadable(info)) return "unknown"
            val model = Files.readAllLines(info).firstOrNull { it.startsWith("model name") }
            return model?.substringAfter(':')?.trim() ?: "unknown"
        }

        private fun property(name: String): String = System.getProperty(name).orEmpty()
    }
}

/** The versions of what was built into this program, by name. */
fun builtInVersions(): Map<String, String> {
    val properties = Properties()
    val resource = checkNotNull(Machine::class.java.getResourceAsStream("/nats-bench.properties")) { "nats-bench.properties is missing" }
    resource.use(properties::load)
    return properties.stringPropertyNames().sorted().associateWith { properties.getProperty(it) }
}
