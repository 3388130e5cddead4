package dev.midge.nats.bench.alone

import java.nio.file.Path
import java.util.Properties
import kotlin.io.path.inputStream
import kotlin.io.path.isExecutable

/**
 * A JDK, or a JRE, that runs clients.
 *
 * @property feature its feature release, such as `17`.
 */
class Jdk private constructor(val java: Path, val feature: String) {
    companion object {
        /** The one that runs this. */
        fun own(): Jdk = at(Path.of(System.getProperty("java.home")))

        /** The one in [home]. */
        fun at(home: Path): Jdk {
            val java = home.resolve("bin").resolve("java")
            require(java.isExecutable()) { "there is no JDK in $home" }
            val release = Properties().apply { home.resolve("release").inputStream().use(::load) }
            val version = release.getProperty("JAVA_VERSION").trim('"')
            return Jdk(java, version.substringBefore('.'))
        }
    }
}
