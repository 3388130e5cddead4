package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import dev.midge.nats.testing.fixtures.startJavaProgram
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import java.util.concurrent.TimeUnit

class EmbeddedNatsServerMainSpec :
    FunSpec({
        test("the program listens, asks for the user, and ends in order when it is told to") {
            val program =
                startJavaProgram(EmbeddedNatsServerMain::class.java, "--port", "0", "--addr", "127.0.0.1", "--user", "u", "--pass", "p")
            try {
                val line = program.inputReader().readLine()
                line shouldStartWith "Listening for client connections on 127.0.0.1:"
                RawClient(line.substringAfterLast(':').toInt()).use { client ->
                    client.info shouldContain "\"auth_required\":true"
                    client.send("""CONNECT {"user":"u","pass":"p","verbose":false}""")
                    client.linesUntilPong().shouldBeEmpty()
                    program.destroy()
                    client.linesUntilClosed().shouldBeEmpty()
                }
                program.waitFor(10, TimeUnit.SECONDS) shouldBe true
            } finally {
                program.destroyForcibly()
            }
        }

        test("an argument that cannot be used is told, and the program ends") {
            val program = startJavaProgram(EmbeddedNatsServerMain::class.java, "--port", "70000")
            val output = program.inputReader().readText()
            output shouldContain "70000"
            program.waitFor() shouldNotBe 0
        }
    })
