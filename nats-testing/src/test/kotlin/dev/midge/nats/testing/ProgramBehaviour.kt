package dev.midge.nats.testing

import dev.midge.nats.testing.contract.HASH_OF_P
import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldBeEmpty
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** How the embedded server's program ended, and what it said. */
private class Ended(val status: Int, val output: String, val errors: String)

private fun Process.ended(): Ended {
    val errors = CompletableFuture.supplyAsync { errorReader().readText() }
    val output = inputReader().readText()
    return Ended(waitFor(), output, errors.get())
}

/** The program's command line; [start] runs it with these arguments. */
fun FunSpecRootScope.programBehaviour(start: (List<String>) -> Process) {
    fun run(vararg arguments: String): Ended = start(arguments.toList()).ended()

    /** Whoever asked for what cannot be is told so in a few lines, not by a stack trace. */
    fun Ended.shouldRefuse(vararg words: String) {
        status shouldBe 1
        output.shouldBeEmpty()
        words.forEach { errors shouldContain it }
        errors shouldNotContain "Exception"
        errors.lines().size shouldBeLessThanOrEqual 5
    }

    fun listening(vararg arguments: String, block: (Process, Int) -> Unit) {
        val program = start(listOf("--port", "0") + arguments)
        try {
            val line = program.inputReader().readLine()
            line shouldStartWith "Listening for client connections on 127.0.0.1:"
            block(program, line.substringAfterLast(':').toInt())
        } finally {
            program.destroyForcibly()
        }
    }

    test("the program listens, asks for the user, and ends in order when it is told to") {
        listening("--addr", "127.0.0.1", "--user", "u", "--pass", "p", "--max_payload", "1000") { program, port ->
            RawClient(port).use { client ->
                client.info shouldContain "\"auth_required\":true"
                client.info shouldContain "\"max_payload\":1000,"
                client.send("""CONNECT {"user":"u","pass":"p","verbose":false}""")
                client.linesUntilPong().shouldBeEmpty()
                program.destroy()
                client.linesUntilClosed().shouldBeEmpty()
            }
            program.waitFor(10, TimeUnit.SECONDS) shouldBe true
        }
    }

    test("a user whose password is given by its hash is let in with the password alone") {
        listening("--user", "u", "--pass", HASH_OF_P) { _, port ->
            RawClient(port).use { client ->
                client.send("""CONNECT {"user":"u","pass":"p","verbose":false}""")
                client.linesUntilPong().shouldBeEmpty()
            }
            RawClient(port).use { client ->
                client.send("""CONNECT {"user":"u","pass":"x","verbose":false}""")
                client.linesUntilClosed() shouldContainExactly listOf("-ERR 'Authorization Violation'")
            }
        }
    }

    test("--help shows every option, and is no error") {
        val help = run("--help")
        help.status shouldBe 0
        help.errors.shouldBeEmpty()
        for (option in listOf("-p, --port", "-a, --addr", "--user", "--pass", "--auth", "--max_payload")) help.output shouldContain option
    }

    test("an option that there is not is named") {
        run("--nope").shouldRefuse("Usage: embedded-nats-server", "--nope")
    }

    test("a value that cannot be is named") {
        run("--port", "many").shouldRefuse("--port", "many")
        run("--port", "70000").shouldRefuse("70000", "65535")
        run("--max_payload", "0").shouldRefuse("0", "67108864")
        run("--user", "u").shouldRefuse("--pass")
    }

    test("a port in use is named, with its address") {
        ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { taken ->
            run("--port", "${taken.localPort}").shouldRefuse("cannot listen on 127.0.0.1:${taken.localPort}: Address already in use")
        }
    }

    test("an address that there is not is named") {
        run("--addr", "no.such.address.invalid").shouldRefuse("cannot listen on no.such.address.invalid:4222: there is no such address")
    }
}
