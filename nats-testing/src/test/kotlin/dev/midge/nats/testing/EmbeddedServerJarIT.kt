package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.java
import io.kotest.core.spec.style.FunSpec
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries

/** The jar that is run with nothing else on the class path. */
class EmbeddedServerJarIT :
    FunSpec({
        val jar = Path.of("target").listDirectoryEntries("nats-testing-*-server.jar").single().toString()

        programBehaviour { java(listOf("-jar", jar) + it) }
    })
