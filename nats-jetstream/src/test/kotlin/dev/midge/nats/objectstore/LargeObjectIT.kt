package dev.midge.nats.objectstore

import dev.midge.nats.jetstream.chaos.chaos
import dev.midge.nats.jetstream.fixtures.SharedServers
import dev.midge.nats.testing.fixtures.java
import dev.midge.nats.testing.fixtures.program
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.minutes

/** 1 GiB is the promise; `verify` runs less. */
private val mebibytes = if (chaos) 1024 else 256

class LargeObjectIT :
    FunSpec({
        test("an object of $mebibytes MiB is put and read with a heap of 64 MiB").config(timeout = 10.minutes) {
            withContext(Dispatchers.IO) {
                val server = SharedServers.of("2.15.1")
                val arguments = listOf(server.url, SharedServers.newName(), "$mebibytes")
                val child = java(listOf("-Xmx64m") + program(LargeObjectProgram::class.java) + arguments)
                try {
                    val errors = async { child.errorReader().readText() }
                    val output = child.inputReader().readLines().filter { it.startsWith("read") }
                    withClue(errors.await()) { output shouldBe listOf("read ${mebibytes * 1024L * 1024} bytes twice") }
                } finally {
                    child.destroyForcibly()
                }
            }
        }
    })
